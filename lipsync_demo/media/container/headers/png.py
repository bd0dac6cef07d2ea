"""PNG, alone or inside of any other file, by the headers of its chunks.

FFmpeg goes on behind a picture's end, and videos (MOV, AVI, Matroska) and tags of sound hold whole
PNGs: so each signature in a file begins a picture here.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from lipsync_demo.media.container.headers.declared import Data, Declared
from lipsync_demo.media.container.headers.exif import add_exif
from lipsync_demo.media.container.headers.tiff import orientation
from lipsync_demo.media.limits import LIMITS

_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\x8aMNG\r\n\x1a\n")
"""Decoders take a picture with MNG's, too."""
_COMMON = _SIGNATURES[0][2:]
_COMPRESSED = (b"zTXt", b"iTXt", b"iCCP")
"""Chunks whose content decoders inflate in memory, whatever its length."""
_TEXTS = frozenset({b"tEXt", *_COMPRESSED})
_HEADER = struct.Struct(">I4s")
_SIZE = struct.Struct(">II")
_CHECKSUM = 4
_CHUNKS = 200_000
"""Chunks of a file that are looked at; encoders write 4 kB and more of a picture into one."""
_MOST_TEXTS = 1_000
"""Texts of a picture; FFmpeg compares the name of each with all before."""
_LONGEST_NAME = _BLOCK = 1 << 16


def read_png(data: Data, found: Declared) -> None:
    """Take in every PNG in a file's bytes.

    Source: PNG specification, third edition, 5.3 and 11.3.
    """
    looked_at = 0
    for begun in _beginnings(data, found):
        texts = 0
        for name, start, stop in _chunks(data, begun):
            looked_at += 1
            texts += name in _TEXTS
            if looked_at > _CHUNKS or texts > _MOST_TEXTS:
                found.endless = True
                return
            if name in _COMPRESSED:
                packed = _packed(data, name, start, stop)
                if packed is None:
                    found.endless = True
                    return
                room = LIMITS.opened_notes + 1 - found.notes
                found.notes += _inflated(data, packed, stop, room)
                if found.notes > LIMITS.opened_notes:
                    return
            elif name == b"IHDR" and stop - start >= _SIZE.size:
                found.drawn(*_SIZE.unpack_from(data, start))
            elif name == b"fcTL" and stop - start >= 4 + _SIZE.size:
                width, height = _SIZE.unpack_from(data, start + 4)
                found.passes += width * height
            elif name == b"eXIf":
                add_exif(data, start, stop, found)
                if found.orientation is None:
                    found.orientation = orientation(data, start, stop)


def _beginnings(data: Data, found: Declared) -> Iterator[int]:
    """Yield the end of each signature; a file with too much that ends like one is endless."""
    at = data.find(_COMMON)
    for _ in range(_CHUNKS):
        if at < 0:
            return
        begun = at + len(_COMMON)
        if data[max(0, at - 2) : begun] in _SIGNATURES:
            yield begun
        at = data.find(_COMMON, begun)
    found.endless = True


def _chunks(data: Data, at: int) -> Iterator[tuple[bytes, int, int]]:
    """Yield name, start and stop of the content of each chunk, up to a picture's end."""
    while at + _HEADER.size <= len(data):
        length, name = _HEADER.unpack_from(data, at)
        start = at + _HEADER.size
        yield name, start, min(start + length, len(data))
        if name == b"IEND":
            return
        at = start + length + _CHECKSUM


def _packed(data: Data, name: bytes, start: int, stop: int) -> int | None:
    """Where the compressed part of a chunk begins; its end where nothing is compressed.

    None where the names before it are longer than is looked at.
    """
    at = start
    # An iTXt has a flag behind its keyword, then the language, and the keyword in that.
    for number in range(3 if name == b"iTXt" else 1):
        end = data.find(b"\0", at, min(stop, at + _LONGEST_NAME))
        if end < 0:
            return stop if stop - at <= _LONGEST_NAME else None
        at = end + 1
        if name == b"iTXt" and number == 0:
            if data[at : at + 1] != b"\1":
                return stop
            at += 2
    return min(at if name == b"iTXt" else at + 1, stop)


def _inflated(data: Data, start: int, stop: int, most: int) -> int:
    """Bytes to which a part inflates, at most `most`; those before the damage in a damaged one."""
    engine = zlib.decompressobj()
    total, rest = 0, b""
    while total < most and not engine.eof:
        if not rest:
            rest = data[start : min(start + _BLOCK, stop)]
            start += len(rest)
        try:
            made = len(engine.decompress(rest, min(_BLOCK, most - total)))
        except zlib.error:
            break
        if not rest and not made:
            break
        total, rest = total + made, engine.unconsumed_tail
    return total
