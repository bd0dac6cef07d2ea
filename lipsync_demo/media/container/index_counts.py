"""How many samples the index of an ISO file (MP4, MOV) declares, read from its boxes.

A few bytes may declare millions, and FFmpeg makes room for all of them when it opens the file. The
tables are those of ISO/IEC 14496-12, 8.6 to 8.8. QuickTime counts each sample of uncompressed sound
as one, which FFmpeg reads in chunks.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_PARENTS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"edts"})
_COUNTS = {b"stts": 4, b"ctts": 4, b"stsc": 4, b"stco": 4, b"co64": 4, b"stss": 4, b"elst": 4} | {
    b"stsz": 8,
    b"stz2": 8,
    b"trun": 4,
}
"""Offset of the number of entries in each table, bytes."""
_CHUNK = 1024
"""Samples of uncompressed sound that FFmpeg reads at once."""
_DEPTH = 8
_MOST_BOXES = 100_000
"""Boxes looked at; an hour in fragments of a second has some 20 thousand."""


def declared_samples(path: Path) -> int:
    """Return the largest number of entries that a table of one track declares, 0 in other files.

    Runs of fragments are added up. A file with more boxes than are looked at counts as many.

    Raises:
        OSError: the file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(8)[4:8] not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
            return 0
        most = runs = 0
        sound = single = False
        for number, (kind, at, length) in enumerate(_boxes(file, 0, size, 0)):
            if number > _MOST_BOXES:
                return size
            if kind == b"trak":
                sound = single = False
                continue
            file.seek(at)
            head = file.read(min(length, 20))
            if kind == b"hdlr":
                sound = sound or head[8:12] == b"soun"  # MOV has a second one for data
            offset = _COUNTS.get(kind)
            if offset is None or len(head) < offset + 4:
                continue
            count = struct.unpack_from("!I", head, offset)[0]
            if kind == b"trun":
                runs += count
            elif kind == b"stts":
                # One sample of uncompressed sound lasts one tick of its clock.
                single = sound and count == 1 and head[12:16] == b"\0\0\0\1"
                most = max(most, count)
            elif kind == b"stsz" and single and head[4:8] != bytes(4):
                most = max(most, count // _CHUNK)
            else:
                most = max(most, count)
        return max(most, runs)


def _boxes(file: BinaryIO, start: int, end: int, depth: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and length of each box's content, parents before what they hold."""
    at = start
    while at + 8 <= end:
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind, inner = int.from_bytes(head[:4], "big"), head[4:8], 8
        if size == 1:
            size, inner = int.from_bytes(head[8:16], "big"), 16
        elif size == 0:
            size = end - at
        if size < inner:
            return
        stop = min(at + size, end)
        yield kind, at + inner, stop - at - inner
        if kind in _PARENTS and depth < _DEPTH:
            yield from _boxes(file, at + inner, stop, depth + 1)
        at += size
