"""What is declared by the pictures in a file, whichever kind it is."""

from __future__ import annotations

import mmap
import re
import struct
from functools import lru_cache
from pathlib import Path

from lipsync_demo.media.container.headers.declared import Data, Declared
from lipsync_demo.media.container.headers.exif import add_exif, read_exif
from lipsync_demo.media.container.headers.jpeg import BEGINS, read_jpeg
from lipsync_demo.media.container.headers.png import read_png
from lipsync_demo.media.container.headers.tiff import HEADS, orientation, read_tiff

_JPEG_ENDINGS = frozenset({".jpg", ".jpeg", ".jps", ".mpo"})
"""Names by which FFmpeg looks for a JPEG anywhere in a file that begins like nothing else."""
_OTHERS = re.compile(
    rb"\x89PNG\r\n\x1a\n|GIF8|RIFF|II\*\0|MM\0\*|\x1aE\xdf\xa3|BM.{4}\0{4}|.{4}ftyp", re.S
)
_BMP_CORE = 12
"""Bytes of the oldest header of a BMP, which has short numbers."""
_EXIF = b"Exif\0\0"
_MOST_CHUNKS = 10_000
"""Chunks of a WebP that are looked at."""


def declared(path: Path) -> Declared:
    """What the pictures in a file declare; nothing where it has none.

    Raises:
        OSError: the file cannot be read.
    """
    state = path.stat()
    if not state.st_size:
        return Declared()
    return _declared(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=16)
def _declared(path: Path, size: int, changed: int) -> Declared:
    found = Declared()
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        head = data[:26]
        if head.startswith(BEGINS) or (
            path.suffix.lower() in _JPEG_ENDINGS and not _OTHERS.match(head)
        ):
            read_jpeg(data, found)
        elif head.startswith(HEADS):
            read_tiff(data, found)
            add_exif(data, 0, len(data), found, goes_on=True)
        elif head.startswith(b"GIF8") and len(head) >= 10:
            found.drawn(*struct.unpack_from("<HH", head, 6))
        elif head.startswith(b"BM") and len(head) >= 26:
            core = int.from_bytes(head[14:18], "little") == _BMP_CORE
            width, height = struct.unpack_from("<HH" if core else "<ii", head, 18)
            found.drawn(abs(width), abs(height))
        elif head.startswith(b"RIFF") and head[8:12] == b"WEBP":
            _read_webp(data, found)
        read_png(data, found)
        read_exif(data, found)
    return found


def _read_webp(data: Data, found: Declared) -> None:
    """Take in the canvas and the pictures of a WebP (RFC 9649, 2.5 to 2.7)."""
    at = 12
    for _ in range(_MOST_CHUNKS):
        name, head = data[at : at + 4], data[at + 8 : at + 18]
        if len(head) < 10:
            return
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if name == b"VP8X":
            width, height = (int.from_bytes(head[n : n + 3], "little") + 1 for n in (4, 7))
            found.drawn(width, height)
        elif name == b"VP8 ":
            width, height = struct.unpack_from("<HH", head, 6)
            found.drawn(width & 0x3FFF, height & 0x3FFF)
        elif name == b"VP8L":
            bits = int.from_bytes(head[1:5], "little")
            found.drawn((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        elif name == b"EXIF":
            start = at + (14 if head.startswith(_EXIF) else 8)
            add_exif(data, start, min(at + 8 + length, len(data)), found)
            found.orientation = orientation(data, start, len(data))
        at += 8 + length + length % 2
    found.endless = True
