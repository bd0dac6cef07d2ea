"""Stores decoded pictures that are needed again: in memory if a clip is small, else in a file.

Writing a picture and reading it back costs a third of decoding it, and far less after a jump
backward, which would decode from the last keyframe.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from io import FileIO
from pathlib import Path
from tempfile import TemporaryFile

from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import Picture, blank, fill

MAX_MEMORY_BYTES = 192 * 1024 * 1024
"""Largest size of a clip's pictures, bytes, that is kept in memory."""
MAX_FILE_BYTES = 2 * 1024 * 1024 * 1024
"""Largest size of the file, bytes; it takes at most a quarter of the free space."""


class PictureStore:
    """Pictures of a clip of `count` frames by number, all of `size` (width, height).

    Without `folder` there is no file. `close` frees memory and file.
    """

    def __init__(self, count: int, size: tuple[int, int], folder: Path | None = None) -> None:
        self._size = size
        self._small = count * size[0] * size[1] * 3 // 2 <= MAX_MEMORY_BYTES
        self._folder = folder
        self._held: dict[int, Picture] = {}
        self._file: FileIO | None = None
        self._written: set[int] = set()
        self._slots = 0
        self._page: Picture | None = None
        self._colours = Colours()

    def close(self) -> None:
        """Drop all pictures and delete the file."""
        self._held.clear()
        self._written.clear()
        if self._file is not None:
            self._file.close()
        self._file, self._folder = None, None

    def get(self, number: int) -> Picture | None:
        """Return a stored picture or None; one from the file is a copy."""
        if number in self._written:
            return self._read(number)
        return self._held.get(number)

    def wants(self, number: int, needed: Collection[int] = ()) -> bool:
        """Return whether to store this picture; the file only takes those `needed` again."""
        if self._small:
            return number not in self._held
        if self._folder is None or number not in needed or number in self._written:
            return False
        if self._file is None:
            self._open(self._folder)
        return number < self._slots

    def put(self, number: int, picture: Picture) -> None:
        """Store a picture for which `wants` returned true."""
        if self._file is None or self._page is None:
            self._held[number] = picture
            return
        fill(self._page, picture)
        self._colours = picture.colours
        buffers = _buffers(self._page)
        length = sum(map(len, buffers))
        try:
            self._file.seek(number * length)
            whole = sum(map(self._file.write, buffers)) == length
        except OSError:
            whole = False
        if whole:
            self._written.add(number)
        else:  # the disk is full; what was written stays valid
            self._slots = 0

    def _open(self, folder: Path) -> None:
        self._page = blank(*self._size, self._colours)
        free = shutil.disk_usage(folder).free
        self._slots = min(MAX_FILE_BYTES, free // 4) // sum(map(len, _buffers(self._page)))
        self._file = TemporaryFile(dir=folder, buffering=0)  # noqa: SIM115 (see close)

    def _read(self, number: int) -> Picture | None:
        assert self._file is not None  # noqa: S101
        picture = blank(*self._size, self._colours)
        buffers = _buffers(picture)
        length = sum(map(len, buffers))
        self._file.seek(number * length)
        if sum(map(self._file.readinto, buffers)) == length:
            return picture
        self._written.discard(number)
        return None


def _buffers(picture: Picture) -> list[memoryview]:
    """Return the buffers of the picture's planes, with the padding of their rows."""
    assert picture.frame is not None  # noqa: S101
    return [memoryview(plane) for plane in picture.frame.planes]
