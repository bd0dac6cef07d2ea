"""Decoded pictures kept for a second look: in memory when a clip is small, else in a file.

Writing a picture to a temporary file and reading it back costs a third of decoding it again,
and at a jump backward far less: nothing is decoded from the key frame before.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from io import FileIO
from pathlib import Path
from tempfile import TemporaryFile

from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import Picture, blank, fill

MEMORY_BYTES = 192 * 1024 * 1024
"""A clip whose pictures take no more is kept whole."""
FILE_BYTES = 2 * 1024 * 1024 * 1024
"""What the file may take, and never more than a quarter of what is free."""


class PictureStore:
    """Pictures of a clip of `count` frames by number, all of `size` (width, height).

    Without `folder` there is no file. Close it to give the room back.
    """

    def __init__(self, count: int, size: tuple[int, int], folder: Path | None = None) -> None:
        self._size = size
        self._small = count * size[0] * size[1] * 3 // 2 <= MEMORY_BYTES
        self._folder = folder
        self._held: dict[int, Picture] = {}
        self._file: FileIO | None = None
        self._written: set[int] = set()
        self._slots = 0
        self._page: Picture | None = None
        self._colours = Colours()

    def close(self) -> None:
        self._held.clear()
        self._written.clear()
        if self._file is not None:
            self._file.close()
        self._file, self._folder = None, None

    def get(self, number: int) -> Picture | None:
        """The picture, if it was kept; one from the file is the caller's own."""
        if number in self._written:
            return self._read(number)
        return self._held.get(number)

    def wants(self, number: int, needed: Collection[int] = ()) -> bool:
        """Whether to keep this picture; only those `needed` again are written to the file."""
        if self._small:
            return number not in self._held
        if self._folder is None or number not in needed or number in self._written:
            return False
        if self._file is None:
            self._open(self._folder)
        return number < self._slots

    def put(self, number: int, picture: Picture) -> None:
        """Keep a picture that `wants` spoke for."""
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
        else:  # the disk is full: what is in the file stays good
            self._slots = 0

    def _open(self, folder: Path) -> None:
        self._page = blank(*self._size, self._colours)
        free = shutil.disk_usage(folder).free
        self._slots = min(FILE_BYTES, free // 4) // sum(map(len, _buffers(self._page)))
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
    """The memory of the picture's frame, plane by plane, with what pads its rows."""
    assert picture.frame is not None  # noqa: S101
    return [memoryview(plane) for plane in picture.frame.planes]
