"""Reads the display matrix of an MP4 or MOV file from its boxes.

Independent of the media libraries (ISO/IEC 14496-12: `moov/trak/tkhd`, 8.3.2).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from lipsync_demo.media.picture.display_matrix import of_matrix
from lipsync_demo.media.picture.orientation import Orientation

Box = tuple[bytes, int, int]
"""A box's type, and start and end of its content in bytes."""


def stored_orientation(path: Path) -> Orientation | None:
    """Return the orientation in the first video track's header; None in other formats."""
    with path.open("rb") as file:
        end = path.stat().st_size
        for moov in _inside(file, [b"moov"], 0, end):
            for trak in _inside(file, [b"trak"], *moov):
                if _content(file, [b"mdia", b"hdlr"], trak)[8:12] == b"vide":
                    return _orientation(_content(file, [b"tkhd"], trak))
    return None


def _orientation(header: bytes) -> Orientation | None:
    at = 52 if header[:1] == b"\x01" else 40
    if len(header) < at + 36:
        return None
    a, b, _, c, d = struct.unpack(">5i", header[at : at + 20])
    return of_matrix(a, b, c, d)


def _content(file: BinaryIO, names: list[bytes], within: tuple[int, int]) -> bytes:
    start, end = next(_inside(file, names, *within), (0, 0))
    file.seek(start)
    return file.read(min(end - start, 128))


def _inside(file: BinaryIO, names: list[bytes], start: int, end: int) -> Iterator[tuple[int, int]]:
    for name, first, last in _boxes(file, start, end):
        if name == names[0]:
            if len(names) == 1:
                yield first, last
            else:
                yield from _inside(file, names[1:], first, last)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[Box]:
    while start + 8 <= end:
        file.seek(start)
        head = file.read(16)
        length, header = int.from_bytes(head[:4], "big"), 8
        if length == 1:
            length, header = int.from_bytes(head[8:16], "big"), 16
        elif length == 0:
            length = end - start
        if length < header:
            return
        yield head[4:8], start + header, min(start + length, end)
        start += length
