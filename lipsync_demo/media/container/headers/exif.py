"""EXIF wherever it lies: in segments of a JPEG, chunks of a PNG or WebP, items of a HEIF."""

from __future__ import annotations

import re

from lipsync_demo.media.container.headers.declared import Data, Declared
from lipsync_demo.media.container.headers.tiff import weight

_MARKED = re.compile(rb"Exif.{2,4}?(?=II\*\0|MM\0\*)", re.DOTALL)
"""The name that JPEG, HEIF and JPEG XL put before EXIF; decoders skip what follows it unseen."""
_BARE = re.compile(rb"(?=II\*\0|MM\0\*)")
_PHOTO = re.compile(rb".{4}ftyp(?:avi[fs]|mif1|msf1|hei[cmsx]|hev[cx])", re.DOTALL)
_SEGMENT = b"\xff\xe1"
_MOST = 1 << 20
"""Bytes of EXIF that are taken from a file, whatever its size; a JPEG has room for 64 kB."""
_SHARE = 8
"""Of what part of a file may be EXIF beyond that: in some videos each picture has its own."""


def read_exif(data: Data, found: Declared) -> None:
    """Take in all EXIF in a file's bytes that is marked, also in pictures inside of videos."""
    for place in (_BARE if _PHOTO.match(data) else _MARKED).finditer(data):
        start, stop = place.span()[1], len(data)
        if data[place.start() - 4 : place.start() - 2] == _SEGMENT:
            at = place.start() - 2
            stop = min(stop, at + int.from_bytes(data[at : at + 2], "big"))
        add_exif(data, start, stop, found)
        if found.endless:
            return


def add_exif(data: Data, start: int, stop: int, found: Declared) -> None:
    """Take in the EXIF at these bytes; it is endless from where it is more than is taken."""
    most = _MOST + len(data) // _SHARE
    found.exif += weight(data, start, stop, most - found.exif)
    found.endless = found.endless or found.exif > most
