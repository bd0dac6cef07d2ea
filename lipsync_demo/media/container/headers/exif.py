"""EXIF wherever it lies: in segments of a JPEG, chunks of a PNG or WebP, items of a HEIF.

FFmpeg takes all tags of a TIFF for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lipsync_demo.media.container.headers.declared import Data, Declared
from lipsync_demo.media.container.headers.tiff import HEADS, weight

_MARKED = re.compile(rb"Exif.{2,4}?(?=II\*\0|MM\0\*)", re.DOTALL)
"""The name that JPEG, HEIF and JPEG XL put before EXIF; decoders skip what follows it unseen."""
_SEGMENT = b"\xff\xe1"
_MOST = 1 << 20
"""Bytes of EXIF that are taken from a file, whatever its size; a JPEG has room for 64 kB."""
_BLOCK = 128
"""Bytes as which a block counts beside what is in it: looking for one takes time."""
_SHARE = 8
"""Of what part of a file may be EXIF beyond that: in some videos each picture has its own."""


def read_exif(data: Data, found: Declared) -> None:
    """Take in all EXIF in a file's bytes that is marked, also in pictures inside of videos."""
    for start, stop in _blocks(data):
        found.exif += _BLOCK
        add_exif(data, start, stop, found)
        if found.endless:
            return


def _blocks(data: Data) -> Iterator[tuple[int, int]]:
    """Yield start and stop of what may be EXIF; the file's end where its own is not known."""
    for place in _MARKED.finditer(data):
        at, stop = place.start() - 2, len(data)
        if data[max(0, at - 2) : max(0, at)] == _SEGMENT:
            stop = min(stop, at + int.from_bytes(data[at : at + 2], "big"))
        yield place.end(), stop
    # A HEIF names the kind of an item in one place and has its bytes in another.
    if data[4:8] == b"ftyp" and data.find(b"Exif") >= 0:
        for head in HEADS:
            at = data.find(head)
            while at >= 0:
                yield at, len(data)
                at = data.find(head, at + 1)


def add_exif(data: Data, start: int, stop: int, found: Declared, *, goes_on: bool = False) -> None:
    """Take in the EXIF at these bytes; it is endless from where it is more than is taken."""
    most = _MOST + len(data) // _SHARE
    found.exif += weight(data, start, stop, most - found.exif, goes_on=goes_on)
    found.endless = found.endless or found.exif > most
