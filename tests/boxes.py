"""The boxes of an MP4, and a file as it was before it got its Content Credentials."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

_WITH_OTHERS = {"moov", "trak", "mdia", "minf", "stbl"}
_OFFSETS = {"stco": "I", "co64": "Q"}


def boxes(path: Path) -> list[tuple[str, bytes]]:
    """Name and bytes of each box of the file itself, in order."""
    return _boxes(path.read_bytes())


def without_credentials(path: Path) -> bytes:
    """The bytes of the file without the box that holds them: as they were before it was signed."""
    return unsigned(path.read_bytes())


def unsigned(signed: bytes) -> bytes:
    """The same of a file's bytes."""
    kept = b"".join(box for name, box in _boxes(signed) if name != "uuid")
    data, moved = bytearray(kept), len(signed) - len(kept)
    for name, start, _ in list(_all(kept, 0, len(kept))):
        if name in _OFFSETS:
            count = int.from_bytes(kept[start + 12 : start + 16], "big")
            form = f">{count}{_OFFSETS[name]}"
            found = struct.unpack_from(form, kept, start + 16)
            struct.pack_into(form, data, start + 16, *(offset - moved for offset in found))
    return bytes(data)


def _boxes(data: bytes) -> list[tuple[str, bytes]]:
    return [(name, data[start:end]) for name, start, end in _within(data, 0, len(data))]


def _within(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    while start < end:
        size = int.from_bytes(data[start : start + 4], "big")
        if size == 1:
            size = int.from_bytes(data[start + 8 : start + 16], "big")
        yield data[start + 4 : start + 8].decode("latin1"), start, start + size
        start += size


def _all(data: bytes, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for name, first, last in _within(data, start, end):
        yield name, first, last
        if name in _WITH_OTHERS:
            yield from _all(data, first + 8, last)
