"""Small files that cost much: written where they are needed, never stored.

Each is a few kilobytes that declare, or unpack to, millions of samples, hours or gigabytes.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.audio.frame import AudioFrame

Bomb = Callable[[Path], Path]
SIDE = 16_000
"""Width and height of the large pictures, pixels."""


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box of ISO/IEC 14496-12."""
    content = b"".join(parts)
    return struct.pack("!I4s", 8 + len(content), kind) + content


def full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    """A box with version 0 and flags."""
    return box(kind, struct.pack("!I", flags), *parts)


def numbers(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}I", *values)


def track(
    entry: bytes, tables: bytes, *, clock: int, ticks: int, sound: bool = False, size: int = 64
) -> bytes:
    """One track: a sample entry and its tables, `ticks` of a clock of so many a second."""
    matrix = numbers(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    shown = numbers(0, 0) if sound else numbers(size << 16, size << 16)
    head = full(
        b"tkhd", numbers(0, 0, 1, 0, ticks * 1000 // clock, 0, 0, 0, 0), matrix, shown, flags=3
    )
    handler = full(b"hdlr", numbers(0), b"soun" if sound else b"vide", bytes(13))
    about = full(b"smhd", bytes(4)) if sound else full(b"vmhd", bytes(8), flags=1)
    data = box(b"dinf", full(b"dref", numbers(1), full(b"url ", flags=1)))
    described = full(b"stsd", numbers(1), entry)
    media = full(b"mdhd", numbers(0, 0, clock, ticks), b"\x55\xc4\0\0")
    table = box(b"stbl", described, tables)
    return box(b"trak", head, box(b"mdia", media, handler, box(b"minf", about, data, table)))


def movie(tracks: bytes, data: bytes, *, ticks: int, extra: bytes = b"") -> bytes:
    """An MP4 whose samples lie at its start: `data` begins at byte 32."""
    matrix = numbers(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    head = full(
        b"mvhd",
        numbers(0, 0, 1000, ticks),
        numbers(0x10000),
        bytes(12),
        matrix,
        bytes(24),
        numbers(2),
    )
    begun = box(b"ftyp", b"isom", numbers(512), b"isommp41")
    return begun + box(b"mdat", data) + box(b"moov", head, tracks, extra)


DATA_AT = 32


def picture_entry(kind: bytes, width: int, height: int, extra: bytes = b"") -> bytes:
    return box(
        kind,
        bytes(6) + b"\0\1" + bytes(16),
        struct.pack("!HH", width, height),
        numbers(0x480000, 0x480000, 0),
        b"\0\1" + bytes(32) + b"\0\x18\xff\xff",
        extra,
    )


def tables(count: int, delta: int, size: int, chunks: int = 1, each: int | None = None) -> bytes:
    """Tables of `count` samples of one size and duration, in chunks that share their bytes."""
    per_chunk = each or count
    return b"".join(
        [
            full(b"stts", numbers(1, count, delta)),
            full(b"stsc", numbers(1, 1, per_chunk, 1)),
            full(b"stsz", numbers(size, count)),
            full(b"stco", numbers(chunks, *[DATA_AT] * chunks)),
        ]
    )


def index_of(count: int) -> Bomb:
    """A video whose index declares `count` frames in a few hundred bytes."""

    def write(folder: Path) -> Path:
        path = folder / f"index_of_{count}.mp4"
        entry = picture_entry(b"mp4v", 64, 64)
        made = track(entry, tables(count, 1, 1), clock=1000, ticks=count)
        path.write_bytes(movie(made, bytes(64), ticks=count))
        return path

    return write


def fragment_of(count: int) -> Bomb:
    """A fragment whose run declares `count` frames in 20 bytes."""

    def write(folder: Path) -> Path:
        path = folder / f"fragment_of_{count}.mp4"
        made = track(
            picture_entry(b"mp4v", 64, 64),
            full(b"stts", numbers(0))
            + full(b"stsc", numbers(0))
            + full(b"stsz", numbers(0, 0))
            + full(b"stco", numbers(0)),
            clock=1000,
            ticks=0,
        )
        extends = box(b"mvex", full(b"trex", numbers(1, 1, 1, 1, 0)))
        run = full(b"trun", numbers(count))
        part = box(
            b"moof",
            full(b"mfhd", numbers(1)),
            box(b"traf", full(b"tfhd", numbers(1), flags=0x20000), run),
        )
        path.write_bytes(movie(made, b"", ticks=0, extra=extends) + part + box(b"mdat", bytes(64)))
        return path

    return write


def hours_of_aac(hours: int) -> Bomb:
    """Hours of silence whose chunks are all the same few hundred bytes."""

    def write(folder: Path) -> Path:
        path = folder / f"{hours}_hours.m4a"
        config, packet = _silent_aac()
        each = 400
        chunks = hours * 3600 * 48_000 // 1024 // each
        descriptor = bytes([0x04, 13 + 2 + len(config), 0x40, 0x15]) + bytes(3) + numbers(0, 0)
        descriptor += bytes([0x05, len(config)]) + config
        stream = bytes([0x03, 3 + len(descriptor) + 3, 0, 1, 0]) + descriptor + b"\x06\x01\x02"
        entry = box(
            b"mp4a",
            bytes(6) + b"\0\1" + bytes(8) + struct.pack("!HHHHI", 1, 16, 0, 0, 48_000 << 16),
            full(b"esds", stream),
        )
        count = chunks * each
        index = tables(count, 1024, len(packet), chunks, each)
        made = track(entry, index, clock=48_000, ticks=count * 1024, sound=True)
        path.write_bytes(movie(made, packet * each, ticks=count * 1024 * 1000 // 48_000))
        return path

    return write


def _silent_aac() -> tuple[bytes, bytes]:
    """The decoder's configuration and one packet of silence."""
    encoder = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format = 48_000, "mono", "fltp"
    packets = []
    for number in range(8):
        frame = AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, number * 1024, Fraction(1, 48_000)
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return bytes(encoder.extradata or b""), bytes(packets[-2])


def hours_of_flac(hours: int, *, declared: bool) -> Bomb:
    """Hours of silence in FLAC, a dozen bytes for each 1.5 s; the header may not say how long."""

    def write(folder: Path) -> Path:
        path = folder / f"{hours}_hours_{'declared' if declared else 'untold'}.flac"
        rate, block = 44_100, 65_535
        frames = hours * 3600 * rate // block
        total = frames * block if declared else 0
        told = (rate << 44) | (0 << 41) | (15 << 36) | total
        info = struct.pack("!HH", block, block) + bytes(6) + told.to_bytes(8, "big") + bytes(16)
        data = bytearray(b"fLaC\x80\0\0\x22" + info)
        for number in range(frames):
            head = b"\xff\xf8\x79\x08" + _coded(number) + struct.pack("!H", block - 1)
            head += bytes([_crc(head, 8, 0x07)])
            body = head + b"\0\0\0"
            data += body + struct.pack("!H", _crc(body, 16, 0x8005))
        path.write_bytes(data)
        return path

    return write


def _coded(number: int) -> bytes:
    """A frame's number as FLAC writes it, which is UTF-8's way."""
    return chr(number).encode("utf-8", "surrogatepass")


def _crc(data: bytes, bits: int, polynomial: int) -> int:
    value, top, mask = 0, 1 << (bits - 1), (1 << bits) - 1
    for byte in data:
        value ^= byte << (bits - 8)
        for _ in range(8):
            value = ((value << 1) ^ polynomial if value & top else value << 1) & mask
    return value


def wave(name: str, *, rate: int, channels: int = 1) -> Bomb:
    """A WAV of 16 kB with an odd header."""

    def write(folder: Path) -> Path:
        path = folder / f"{name}.wav"
        data = bytes(16_000)
        block = 2 * channels & 0xFFFF
        form = struct.pack("<HHIIHH", 1, channels, rate, rate * block & 0xFFFFFFFF, block, 16)
        body = b"WAVEfmt " + struct.pack("<I", len(form)) + form
        body += b"data" + struct.pack("<I", len(data)) + data
        path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
        return path

    return write


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    checked = kind + body
    return struct.pack("!I", len(body)) + checked + struct.pack("!I", zlib.crc32(checked))


def png(side: int = SIDE) -> bytes:
    """A black picture of one bit a pixel."""
    pack = zlib.compressobj(9)
    row = bytes(1 + (side + 7) // 8)
    packed = b"".join(pack.compress(row) for _ in range(side)) + pack.flush()
    chunks = (
        (b"IHDR", struct.pack("!IIBBBBB", side, side, 1, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, body) for kind, body in chunks)


def large_picture(side: int = SIDE) -> Bomb:
    def write(folder: Path) -> Path:
        path = folder / f"large_{side}.png"
        path.write_bytes(png(side))
        return path

    return write


def noted(side: int, notes: int, unpacked: int) -> bytes:
    """A PNG with notes that are each so many bytes once inflated."""
    note = chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(unpacked), 9))
    whole = png(side)
    # Behind the signature and the header.
    return whole[:33] + note * notes + whole[33:]


def noted_picture(side: int = 16, notes: int = 20, unpacked: int = 64 << 20) -> Bomb:
    def write(folder: Path) -> Path:
        path = folder / f"noted_{notes}.png"
        path.write_bytes(noted(side, notes, unpacked))
        return path

    return write


def noted_behind(folder: Path) -> Path:
    """A plain PNG, and behind its end one with notes: FFmpeg reads both."""
    path = folder / "noted_behind.png"
    path.write_bytes(png(16) + noted(16, 20, 64 << 20))
    return path


def noted_as_mng(folder: Path) -> Path:
    """A PNG with notes under the signature of MNG, which its decoder takes, too."""
    path = folder / "noted_as_mng.png"
    path.write_bytes(b"\x8aMNG" + noted(16, 20, 64 << 20)[4:])
    return path


def video_of(picture: bytes, path: Path, side: int, frames: int) -> Path:
    """A video all of whose frames are the same PNG; its container says how large it is."""
    entry = picture_entry(b"png ", side, side * 3 // 4)
    index = tables(frames, 40, len(picture), frames, 1)
    made = track(entry, index, clock=1000, ticks=40 * frames, size=side)
    path.write_bytes(movie(made, picture, ticks=40 * frames))
    return path


def noted_video(folder: Path) -> Path:
    return video_of(noted(16, 20, 64 << 20), folder / "noted.mov", 16, 25)


def large_video(side: int = SIDE, frames: int = 25) -> Bomb:
    """A video of large pictures, which its container says to be small."""

    def write(folder: Path) -> Path:
        return video_of(png(side), folder / f"large_{side}_{frames}.mov", 640, frames)

    return write


def large_gif(folder: Path) -> Path:
    """A GIF whose screen and frames are as large as its numbers go."""
    path = folder / "large.gif"
    whole = struct.pack("<HH", 65_535, 65_535)
    frame = b"\x2c\0\0\0\0" + whole + b"\0" + b"\x02\x02\x44\x01\0"
    path.write_bytes(b"GIF89a" + whole + b"\x80\0\0" + bytes(6) + 50 * frame + b";")
    return path


def jpeg(side: int, before: bytes = b"", scans: int = 1) -> bytes:
    """The head of a grey JPEG, what is `before` its tables, and scans without data."""
    tables_of = b"".join(b"\xff\xdb\0\x43" + bytes([n]) + b"\1" * 64 for n in range(2))
    head = b"\xff\xc0\0\x0b\x08" + struct.pack("!HH", side, side) + b"\1\1\x11\0"
    codes = b"\xff\xc4\0\x14\0" + b"\1" + bytes(15) + b"\0"
    scan = b"\xff\xda\0\x08\1\1\0\0\x3f\0\0"
    return b"\xff\xd8" + before + tables_of + head + codes + scan * scans + b"\xff\xd9"


def segment(marker: int, content: bytes = b"") -> bytes:
    """A segment of a JPEG."""
    return struct.pack("!BBH", 0xFF, marker, 2 + len(content)) + content


def large_jpeg(folder: Path) -> Path:
    """The head of a JPEG as large as its numbers go, with nothing after it."""
    path = folder / "large.jpg"
    path.write_bytes(jpeg(65_500))
    return path


def commented_jpeg(comments: int, lead: bytes = b"") -> Bomb:
    """A JPEG with empty comments, behind a lead that decoders pass over."""

    def write(folder: Path) -> Path:
        path = folder / f"commented_{comments}_{len(lead)}.jpg"
        path.write_bytes(lead + jpeg(64, segment(0xFE) * comments))
        return path

    return write


def scanned_jpeg(folder: Path) -> Path:
    """A JPEG of 7,000 × 7,000 that is gone over 1,000 times."""
    path = folder / "scanned.jpg"
    path.write_bytes(jpeg(7_000, scans=1_000))
    return path


def exif(tags: int, each: int, kind: int = 7, tag: int = 40_000, *, at: int = 0) -> bytes:
    """A TIFF whose tags have `each` values of one type, all of them at one offset."""
    entry = struct.pack("<HHII", tag, kind, each, at or 14 + 12 * tags)
    return b"II*\0\x08\0\0\0" + struct.pack("<H", tags) + entry * tags + bytes(4)


def with_tag(tiff: bytes, tag: int, kind: int, each: int) -> bytes:
    """The same TIFF with its first tag replaced."""
    return tiff[:10] + struct.pack("<HHI", tag, kind, each) + tiff[18:]


def shared_exif(folder: Path) -> Path:
    """A JPEG whose EXIF has 2,000 tags, each of them the same 40 kB."""
    path = folder / "shared_exif.jpg"
    path.write_bytes(jpeg(64, segment(0xE1, b"Exif\0\0" + exif(2_000, 40_000) + bytes(40_000))))
    return path


def circular_exif(folder: Path) -> Path:
    """A JPEG whose EXIF has 400 directories, each of them the one that they are in."""
    path = folder / "circular_exif.jpg"
    path.write_bytes(jpeg(64, segment(0xE1, b"Exif\0\0" + exif(400, 1, 13, 0x8769, at=8))))
    return path


def shared_tiff(folder: Path) -> Path:
    """A TIFF of 2,000 tags, each of them the same 200 kB."""
    path = folder / "shared.tif"
    path.write_bytes(exif(2_000, 200_000) + bytes(200_000))
    return path


def long_animation(folder: Path) -> Path:
    """An animated PNG that declares 1,000 frames of 4,000 × 4,000."""
    path = folder / "animated.png"
    whole = png(4_000)
    frame = struct.pack("!IIIIIHHBB", 0, 4_000, 4_000, 0, 0, 1, 30, 0, 0)
    extra = chunk(b"acTL", struct.pack("!II", 1_000, 0)) + chunk(b"fcTL", frame) * 1_000
    path.write_bytes(whole[:33] + extra + whole[33:])
    return path


def many_tracks(count: int) -> Bomb:
    """A video of so many tracks, each of one frame."""

    def write(folder: Path) -> Path:
        path = folder / f"{count}_tracks.mp4"
        one = track(picture_entry(b"mp4v", 64, 64), tables(1, 1000, 1), clock=1000, ticks=1000)
        path.write_bytes(movie(one * count, bytes(64), ticks=1000))
        return path

    return write


BOMBS: Mapping[str, Bomb] = {
    "an index of 20 million frames": index_of(20_000_000),
    "an index of 2 million frames": index_of(2_000_000),
    "a fragment of 20 million frames": fragment_of(20_000_000),
    "10 hours of silence in AAC": hours_of_aac(10),
    "2 hours of silence in AAC": hours_of_aac(2),
    "3 hours of silence in FLAC": hours_of_flac(3, declared=True),
    "3 hours of FLAC, untold": hours_of_flac(3, declared=False),
    "a WAV of 1 Hz": wave("one_hertz", rate=1),
    "a WAV of 65,535 channels": wave("channels", rate=48_000, channels=65_535),
    "a PNG of 16,000 × 16,000": large_picture(),
    "a video of 16,000 × 16,000": large_video(),
    "a PNG with 1.3 GB of notes": noted_picture(),
    "a PNG behind a PNG, with notes": noted_behind,
    "a video of PNGs with notes": noted_video,
    "a JPEG of 400,000 comments": commented_jpeg(400_000),
    "a JPEG whose EXIF shares its bytes": shared_exif,
}
"""A writer for each kind of bomb; it takes a folder."""

VARIATIONS: Mapping[str, Bomb] = {
    **{
        f"an index of {n:,} frames": index_of(n)
        for n in (500_000, 50_000_000, 2**31 - 1, 2**32 - 1)
    },
    **{f"a fragment of {n:,} frames": fragment_of(n) for n in (1_000_000, 2**31 - 1, 2**32 - 1)},
    **{f"{n} hours of silence in AAC": hours_of_aac(n) for n in (5, 15, 24)},
    "1 hour of silence in FLAC": hours_of_flac(1, declared=True),
    "6 hours of silence in FLAC": hours_of_flac(6, declared=True),
    "6 hours of FLAC, untold": hours_of_flac(6, declared=False),
    **{
        f"a WAV of {n:,} Hz": wave(f"{n}_hertz", rate=n)
        for n in (0, 2, 100, 999, 2**31 - 1, 2**32 - 1)
    },
    **{
        f"a WAV of {n:,} channels": wave(f"{n}_channels", rate=48_000, channels=n)
        for n in (0, 64, 255, 1024, 32_767)
    },
    **{f"a PNG of {n:,} × {n:,}": large_picture(n) for n in (9_000, 24_000, 32_767)},
    "a GIF of 65,535 × 65,535": large_gif,
    "the head of a JPEG of 65,500 × 65,500": large_jpeg,
    "a PNG with notes, named MNG": noted_as_mng,
    "an animated PNG of 1,000 × 4,000 × 4,000": long_animation,
    "a JPEG of comments behind other bytes": commented_jpeg(400_000, bytes(7)),
    "a JPEG of 1,000 scans": scanned_jpeg,
    "a JPEG whose EXIF is inside of itself": circular_exif,
    "a TIFF whose tags share their bytes": shared_tiff,
    "a video of 9,000 × 9,000, 250 frames": large_video(9_000, 250),
    "a video of 24,000 × 24,000": large_video(24_000),
    **{f"{n:,} tracks": many_tracks(n) for n in (100, 5_000)},
}
"""Others of the same kinds."""
