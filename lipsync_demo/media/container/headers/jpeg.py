"""JPEG, by the lengths of its segments (ITU-T T.81, annex B): all pictures of a file, all scans."""

from __future__ import annotations

import re
import struct

from lipsync_demo.media.container.headers.declared import Data, Declared
from lipsync_demo.media.container.headers.tiff import orientation
from lipsync_demo.media.limits import LIMITS

BEGINS = b"\xff\xd8"
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""A marker, as distinct from data, which have neither but those that count their blocks."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SCAN, _END, _APP1 = 0xDA, 0xD9, 0xE1
_MEASURED = _FRAMES | {0xC4, _SCAN, 0xDB, 0xDD, *range(0xE0, 0xF0), 0xFE}
"""Segments that decoders skip by their length; behind others they look for the next marker."""
_EXIF = b"Exif\0\0"
_SEGMENTS = 10_000
"""Segments of a file; the notes of a camera are in some hundred at most."""


def read_jpeg(data: Data, found: Declared) -> None:
    """Take in the pictures of a file of JPEG, also behind the end of the first."""
    at, segments, pixels, scanned = data.find(BEGINS), 0, 0, False
    while at >= 0 and (marker := _MARKER.search(data, at)) is not None:
        kind = data[marker.end() - 1]
        segments += 1
        if not scanned:
            # What fills the room between segments is gone through byte by byte.
            segments += data[at : marker.start()].count(b"\xff")
        if segments > _SEGMENTS:
            found.endless = True
            return
        at = marker.end()
        if kind == _END and scanned:
            at, pixels, scanned = data.find(BEGINS + b"\xff", at), 0, False
            continue
        stop = _stop(data, kind, at)
        if kind in _FRAMES and stop - at >= 7:
            height, width = struct.unpack_from(">HH", data, at + 3)
            pixels = max(pixels, min(width * height, LIMITS.opened_pixels + 1))
            if not found.passes:  # what follows a picture may be anything
                found.drawn(width, height)
        elif kind == _SCAN:
            scanned = True
            found.passes += min(pixels, LIMITS.opened_pixels)
        elif kind == _APP1 and found.orientation is None and data[at + 2 : at + 8] == _EXIF:
            found.orientation = orientation(data, at + 8, stop)
        at = stop


def _stop(data: Data, kind: int, at: int) -> int:
    """Where the segment ends whose length is at `at`; `at` if decoders do not skip it."""
    if kind not in _MEASURED or at + 2 > len(data):
        return at
    stop = at + max(2, int.from_bytes(data[at : at + 2], "big"))
    return at + 2 if stop > len(data) else stop
