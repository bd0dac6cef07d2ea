"""Files that are several concatenated recordings.

Some recorders write chunks with a header each; once concatenated, readers stop after the first, or
play the headers as clicks.
"""

from __future__ import annotations

import io
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

EBML = b"\x1a\x45\xdf\xa3"
"""First bytes of a Matroska or WebM file."""
_DOC_TYPE = b"\x42\x82"
_DOC_TYPES = (b"webm", b"matroska")
_EBML_HEADER = 64
"""Bytes within which an EBML header names its document type."""
_RIFF = b"RIFF"
_WAVE = b"WAVE"


class Chunk(io.RawIOBase):
    """Bytes `start` to `stop` (exclusive) of a file, as a file object."""

    def __init__(self, path: Path, start: int, stop: int) -> None:
        super().__init__()
        self._file = path.open("rb")
        self._start, self._length = start, stop - start
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._file.seek(self._start + self._at)
        data = self._file.read(max(0, min(len(buffer), self._length - self._at)))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        self._file.close()
        super().close()


def chunks(path: Path) -> list[tuple[int, int]]:
    """Return start and stop of each recording, bytes; one for an ordinary file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12:
            return [(0, size)]
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            if head[:4] == _RIFF and head[8:] == _WAVE:
                starts = list(_waves(data))
            elif head[:4] == EBML:
                starts = list(_webms(data))
            elif head[4:8] == b"ftyp":
                starts = list(_movies(data))
            else:
                starts = [0]
    return list(zip(starts, [*starts[1:], size], strict=True))


def _found(data: mmap.mmap, what: bytes) -> Iterator[int]:
    at = data.find(what)
    while at >= 0:
        yield at
        at = data.find(what, at + 1)


def _waves(data: mmap.mmap) -> Iterator[int]:
    for at in _found(data, _RIFF):
        if data[at + 8 : at + 12] == _WAVE and data[at + 12 : at + 16].isascii():
            yield at


def _webms(data: mmap.mmap) -> Iterator[int]:
    for at in _found(data, EBML):
        header = data[at : at + _EBML_HEADER]
        if _DOC_TYPE in header and any(name in header for name in _DOC_TYPES):
            yield at


def _movies(data: mmap.mmap) -> Iterator[int]:
    """Yield the offsets of top-level `ftyp` boxes (ISO/IEC 14496-12, 4.2)."""
    at = 0
    while at + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"ftyp":
            yield at
        if size == 1 and at + 16 <= len(data):
            size = struct.unpack_from(">Q", data, at + 8)[0]
        if size < 8:
            return
        at += size
