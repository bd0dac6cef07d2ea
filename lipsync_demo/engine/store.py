"""Decoded pictures kept for a second look: in memory when a clip is small, else in a file.

Writing a picture to a temporary file and reading it back costs a third of decoding it again,
and at a jump backward far less: nothing is decoded from the key frame before.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import numpy as np

from lipsync_demo.engine.picture import Picture

MEMORY_BYTES = 192 * 1024 * 1024
"""A clip whose pictures take no more is kept whole."""
FILE_BYTES = 2 * 1024 * 1024 * 1024
"""What the file may take, and never more than a quarter of what is free."""


class PictureStore:
    """Pictures of a clip of `count` frames by number, all of one size.

    Without `folder` there is no file. Close it to give the room back.
    """

    def __init__(self, count: int, folder: Path | None = None) -> None:
        self.again: Collection[int] = ()
        """Numbers that will be asked for once more: only these are written to the file."""
        self._count = count
        self._folder = folder
        self._held: dict[int, Picture] = {}
        self._file: IO[bytes] | None = None
        self._written: set[int] = set()
        self._slots = 0
        self._like: Picture | None = None

    def close(self) -> None:
        self._held.clear()
        self._written.clear()
        if self._file is not None:
            self._file.close()
        self._file, self._folder = None, None

    def get(self, number: int) -> Picture | None:
        """The picture, if it was kept."""
        if number in self._written:
            return self._read(number)
        return self._held.get(number)

    def wants(self, number: int, size: int) -> bool:
        """Whether to keep a picture of `size` bytes."""
        if self._count * size <= MEMORY_BYTES:
            return number not in self._held
        if self._folder is None or number not in self.again or number in self._written:
            return False
        if self._file is None:
            self._open(size)
        return number < self._slots

    def put(self, number: int, picture: Picture) -> None:
        """Keep a picture that `wants` spoke for."""
        if self._file is None:
            self._held[number] = picture
            return
        self._like = picture
        try:
            self._file.seek(number * picture.size)
            for plane in (picture.y, picture.u, picture.v):
                self._file.write(np.ascontiguousarray(plane).data)
        except OSError:  # the disk is full: what is in the file stays good
            self._slots = 0
            return
        self._written.add(number)

    def _open(self, size: int) -> None:
        assert self._folder is not None  # noqa: S101
        free = shutil.disk_usage(self._folder).free
        self._slots = min(FILE_BYTES, free // 4) // size
        self._file = TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115 (see close)

    def _read(self, number: int) -> Picture | None:
        assert self._file is not None  # noqa: S101
        assert self._like is not None  # noqa: S101
        like = self._like
        data = np.empty(like.size, np.uint8)
        self._file.seek(number * like.size)
        if self._file.readinto(data.data) != like.size:  # type: ignore[attr-defined]
            self._written.discard(number)
            return None
        ends = np.cumsum([like.y.size, like.u.size])
        y, u, v = np.split(data, ends)
        return Picture(
            y.reshape(like.y.shape), u.reshape(like.u.shape), v.reshape(like.v.shape), like.colours
        )
