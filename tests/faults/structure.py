"""Where a media file keeps its sizes, counts, times, references and codec parameters."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterator

Spot = tuple[int, int]
"""Offset and length of a field, bytes."""

_INNER = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"udta", b"moof", b"traf", b"mvex"}
_LISTS = {b"RIFF", b"LIST", b"FORM"}
_MASTER = {b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67", b"\x15\x49\xa9\x66", b"\x16\x54\xae\x6b"}
_MASTER |= {b"\xae", b"\xe0", b"\xe1", b"\x1f\x43\xb6\x75", b"\x1c\x53\xbb\x6b", b"\xbb"}
_HEAD_BYTES = 160
"""Bytes of a head or a table that count as fields."""
_MARKS = re.compile(
    rb"\x00\x00\x01[\x00-\xff]|\xff[\xe0-\xff]|OggS|\x2c.{8}|\x21\xf9\x04", re.DOTALL
)
"""Beginnings of packets, frames and segments: MPEG, MP3, ADTS, JPEG, Ogg, GIF."""


def spots(data: bytes) -> list[Spot]:
    """The fields of a file, by what it begins with."""
    if data[4:8] == b"ftyp":
        return list(_boxes(data, 0, len(data)))
    if data[:4] in (b"RIFF", b"FORM"):
        return list(_chunks(data, 0, len(data), "<" if data[:1] == b"R" else ">"))
    if data.startswith(b"\x1a\x45\xdf\xa3"):
        return list(_elements(data, 0, len(data)))
    if data.startswith(b"\x89PNG"):
        return list(_png(data))
    if data.startswith(b"FLV"):
        return [*_words(0, 13, 1), *_tags(data)]
    if data[:1] == b"\x47" and data[188:189] == b"\x47":
        return [
            spot for at in range(0, len(data), 188) for spot in ((at, 1), (at + 1, 2), (at + 4, 8))
        ]
    return [*_words(0, min(len(data), 64), 1), *_marked(data)]


def mended(data: bytearray) -> None:
    """Renew the checksums by which a decoder would notice at once, of PNG."""
    if data[:4] != b"\x89PNG":
        return
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + size > len(data):
            return
        end = at + 8 + size
        data[end : end + 4] = struct.pack("!I", zlib.crc32(data[at + 4 : end]))
        at = end + 4


def _words(begin: int, end: int, length: int = 4) -> Iterator[Spot]:
    return ((at, length) for at in range(begin, end - length + 1, length))


def _boxes(data: bytes, begin: int, end: int) -> Iterator[Spot]:
    """Size, kind and fields of the boxes of ISO/IEC 14496-12."""
    while begin + 8 <= end:
        size = int.from_bytes(data[begin : begin + 4], "big")
        kind = data[begin + 4 : begin + 8]
        if not 8 <= size <= end - begin:
            return
        yield begin, 4
        yield begin + 4, 4
        if kind in _INNER:
            yield from _boxes(data, begin + 8, begin + size)
        elif kind != b"mdat":
            yield from _words(begin + 8, begin + min(size, _HEAD_BYTES), 4)
            yield from _words(begin + 8, begin + min(size, _HEAD_BYTES), 2)
        begin += size


def _chunks(data: bytes, begin: int, end: int, order: str) -> Iterator[Spot]:
    """Kind, size and fields of the chunks of RIFF and AIFF."""
    while begin + 8 <= end:
        kind = data[begin : begin + 4]
        size = struct.unpack_from(f"{order}I", data, begin + 4)[0]
        yield begin, 4
        yield begin + 4, 4
        inside = begin + 8
        if kind in _LISTS:
            yield from _chunks(data, inside + 4, min(end, inside + size), order)
        elif kind not in (b"data", b"SSND", b"idx1"):
            yield from _words(inside, min(end, inside + size, inside + _HEAD_BYTES), 2)
        begin = inside + size + size % 2


def _elements(data: bytes, begin: int, end: int) -> Iterator[Spot]:
    """Id, size and value of the elements of EBML."""
    while begin < end and data[begin]:
        name = 9 - data[begin].bit_length()
        at = begin + name
        if at >= end or not data[at]:
            return
        length = 9 - data[at].bit_length()
        size = int.from_bytes(data[at : at + length], "big") & ((1 << 7 * length) - 1)
        inside = at + length
        if size == (1 << 7 * length) - 1:
            size = end - inside
        yield begin, name
        yield at, length
        if data[begin:at] in _MASTER:
            yield from _elements(data, inside, min(end, inside + size))
        elif size <= 8:
            yield inside, size
        begin = inside + size


def _png(data: bytes) -> Iterator[Spot]:
    at = 8
    while at + 12 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        yield at, 4
        yield at + 4, 4
        if data[at + 4 : at + 8] == b"IHDR":
            yield from _words(at + 8, at + 16)
            yield from _words(at + 16, at + 21, 1)
        at += 12 + size


def _tags(data: bytes) -> Iterator[Spot]:
    """Kind, size, time and first bytes of the tags of FLV."""
    at = 13
    while at + 11 < len(data):
        size = int.from_bytes(data[at + 1 : at + 4], "big")
        yield at, 1
        yield at + 1, 3
        yield at + 4, 4
        yield at + 11, 2
        at += 15 + size


def _marked(data: bytes) -> Iterator[Spot]:
    for mark in _MARKS.finditer(data):
        yield mark.start(), 4
        yield from _words(mark.end(), min(len(data), mark.end() + 24), 2)
