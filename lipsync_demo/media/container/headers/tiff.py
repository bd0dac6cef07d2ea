"""TIFF: the first directory of a file, or of the EXIF inside of another picture."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from lipsync_demo.media.container.headers.declared import Data, Declared

HEADS = (b"II*\0", b"MM\0*")
_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
"""Bytes of a value of each type (TIFF 6.0, section 2)."""
_SHORT, _DIRECTORY = 3, 13
_MAKER_NOTE = 0x927C
_DIRECTORIES = frozenset({0x8769, 0x8825, 0xA005, _MAKER_NOTE})
"""Tags whose value is where another directory lies (CIPA DC-008, 4.6.3)."""
_MAKER_LEADS = (0, 6, 8, 10, 12)
"""Bytes that makers' notes have before their directory."""
_DEPTH = 4
"""How deep in one another decoders follow directories."""
_ENTRY = 40
"""Bytes that a decoder keeps of a tag beside its values."""
_INLINE = 4
"""Bytes of values that lie in the entry itself."""


class _Entry(NamedTuple):
    """One tag: its number and type, its first value if that is a whole number, else or with more
    values where they lie, and its bytes elsewhere."""

    tag: int
    kind: int
    value: int
    elsewhere: int


def read_tiff(data: Data, found: Declared) -> None:
    """Take in the first picture of a TIFF."""
    sides = {_WIDTH: 0, _HEIGHT: 0}
    for entry in _entries(data, 0, len(data)):
        if entry.tag in sides:
            sides[entry.tag] = max(sides[entry.tag], entry.value)
    found.drawn(*sides.values())
    found.orientation = orientation(data, 0, len(data))


def orientation(data: Data, start: int, stop: int) -> int | None:
    """EXIF's number, 1 to 8, in the TIFF at these bytes; None if it has none."""
    numbers = (entry.value for entry in _entries(data, start, stop) if entry.tag == _ORIENTATION)
    return next((number for number in numbers if 1 <= number <= 8), None)


def weight(data: Data, start: int, stop: int, most: int, *, goes_on: bool = False) -> int:
    """Bytes that a decoder takes from the TIFF at these bytes; it stops soon after `most`.

    Tags may share their bytes, and directories one another: 64 kB may hold gigabytes. A decoder of
    EXIF ends at a damaged tag; one of TIFF `goes_on` in the first directory.
    """
    head = data[start : start + 4]
    if head not in HEADS or start + 8 > stop:
        return 0
    order = "<" if head == HEADS[0] else ">"
    left = [(start + struct.unpack_from(f"{order}I", data, start + 4)[0], 0)]
    total = 0
    while left:
        at, depth = left.pop()
        for entry in _directory(data, order, at, stop):
            if entry.kind > _DIRECTORY or entry.elsewhere > stop - start:
                if goes_on and not depth:
                    continue
                break
            total += _ENTRY + entry.elsewhere
            if total > most:
                return total
            if depth < _DEPTH and (entry.kind == _DIRECTORY or entry.tag in _DIRECTORIES):
                leads = _MAKER_LEADS if entry.tag == _MAKER_NOTE else (0,)
                left += [(start + entry.value + lead, depth + 1) for lead in leads]
    return total


def _entries(data: Data, start: int, stop: int) -> Iterator[_Entry]:
    """Yield the tags of the first directory, at most 65,535."""
    head = data[start : start + 4]
    if head not in HEADS or start + 8 > stop:
        return
    order = "<" if head == HEADS[0] else ">"
    first = struct.unpack_from(f"{order}I", data, start + 4)[0]
    yield from _directory(data, order, start + first, stop)


def _directory(data: Data, order: str, at: int, stop: int) -> Iterator[_Entry]:
    if at + 2 > stop:
        return
    count = struct.unpack_from(f"{order}H", data, at)[0]
    last = min(at + 2 + 12 * count, stop)
    for place in range(at + 2, last - 11, 12):
        tag, kind, number, value = struct.unpack_from(f"{order}HHII", data, place)
        if kind == _SHORT:
            value = struct.unpack_from(f"{order}H", data, place + 8)[0]
        size = _SIZES.get(kind, 0) * number
        yield _Entry(tag, kind, value, size if size > _INLINE else 0)
