"""Whole files of 19 formats, and damage done to them, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import av

from tests.faults.structure import Spot, mended, spots
from tests.media_factory import make_picture, make_speechlike, make_video

VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".ts", ".flv", ".gif")
SOUNDS = (".wav", ".mp3", ".m4a", ".aac", ".ogg", ".opus", ".flac", ".aiff")
PICTURES = (".png", ".jpg")
TITLE = b"A title that a mutation replaces."
"""Metadata of the files whose format has any."""
_MADE: Mapping[str, Mapping[str, Any]] = {
    ".ts": {"codec": "libx264"},
    ".flv": {"codec": "libx264"},
    ".gif": {"codec": "gif", "pixel_format": "rgb8"},
}
_SOUND_CODECS = {".aiff": "pcm_s16be", ".aac": "aac", ".opus": "libopus"}
FORMATS = (*VIDEOS, *SOUNDS, *PICTURES)


def whole_files(folder: Path) -> list[Path]:
    """A short file of each format."""
    videos = [
        make_video(folder / f"video{suffix}", 1, **_MADE.get(suffix, {"audio": "tone"}))
        for suffix in VIDEOS
    ]
    sounds = [
        make_speechlike(folder / f"sound{suffix}", 1, codec=_SOUND_CODECS.get(suffix))
        for suffix in SOUNDS
    ]
    named = [_titled(path) for path in (*videos, *sounds)]
    return [*named, *(make_picture(folder / f"picture{s}") for s in PICTURES)]


def _titled(path: Path) -> Path:
    """The same file with a title in its metadata, where its format has any."""
    plain = path.with_name(f"plain-{path.name}")
    path.rename(plain)
    with av.open(str(plain)) as source, av.open(str(path), "w") as target:
        target.metadata["title"] = TITLE.decode()
        copied = {s.index: target.add_stream_from_template(s) for s in source.streams}
        for packet in source.demux():
            if packet.dts is not None:
                packet.stream = copied[packet.stream.index]
                target.mux(packet)
    plain.unlink()
    return path


def mutated(data: bytes, chance: random.Random, others: Sequence[bytes] = (b"",)) -> bytes:
    """`data` with one to four kinds of damage, half of the time to what its structure says.

    `others` are files that it may be joined with.
    """
    damaged, fields = bytearray(data), spots(data)
    if fields and chance.random() < 0.5:
        for _ in range(chance.randint(1, 3)):
            chance.choice((_field, _field, _exchange))(damaged, chance, fields)
        mended(damaged)
    else:
        for _ in range(chance.randint(1, 4)):
            chance.choice((_flip, _fill, _cut, _repeat, _swap, _number))(damaged, chance)
    if chance.random() < 0.15:
        _text(damaged, chance)
    if chance.random() < 0.1:
        _join(damaged, chance, chance.choice(others))
    if chance.random() < 0.1:
        del damaged[chance.randrange(1, len(damaged) + 1) :]
    return bytes(damaged)


def mutations(files: list[Path], folder: Path, seed: int, count: int) -> Iterator[Path]:
    """`count` damaged files, of each format in turn; a few have the ending of another."""
    chance = random.Random(seed)
    wholes = [path.read_bytes() for path in files]
    for number in range(count):
        whole = files[number % len(files)]
        ending = chance.choice(files).suffix if chance.random() < 0.05 else whole.suffix
        path = folder / f"{number}-{whole.stem}{ending}"
        path.write_bytes(mutated(wholes[number % len(files)], chance, wholes))
        yield path


def _field(damaged: bytearray, chance: random.Random, fields: Sequence[Spot]) -> None:
    """Another value in a field: none, the largest, the largest with a sign, or one near it."""
    at, length = chance.choice(fields)
    top = (1 << 8 * length) - 1
    now = int.from_bytes(damaged[at : at + length], "big")
    near = (now + 1, now - 1, now * 2, now // 2, now ^ 1 << chance.randrange(8 * length))
    value = chance.choice((0, 1, top, top >> 1, (top >> 1) + 1, top - 1, *near)) & top
    damaged[at : at + length] = value.to_bytes(length, chance.choice(("big", "big", "little")))


def _exchange(damaged: bytearray, chance: random.Random, fields: Sequence[Spot]) -> None:
    """Two fields of one length, each with the other's value."""
    at, length = chance.choice(fields)
    there = chance.choice([spot for spot, other in fields if other == length])
    first, second = bytes(damaged[at : at + length]), bytes(damaged[there : there + length])
    damaged[at : at + length], damaged[there : there + length] = second, first


def _text(damaged: bytearray, chance: random.Random) -> None:
    """A title that is no UTF-8."""
    at = damaged.find(TITLE)
    if at >= 0:
        odd = chance.choice(
            (b"\xe9t\xe9 ", b"\xff\xfe\0", b"\xed\xa0\x80", b"\0\1\x1b[", b"\xf5\x80")
        )
        damaged[at : at + len(TITLE)] = (odd * len(TITLE))[: len(TITLE)]


def _join(damaged: bytearray, chance: random.Random, other: bytes) -> None:
    """Another file before or after this one, or its head before this one's rest."""
    head = other[: chance.choice((16, 64, 512))]
    kept = bytes(damaged)
    damaged[:] = chance.choice((kept + other, other + kept, head + kept[len(head) :]))


def _place(damaged: bytearray, chance: random.Random) -> int:
    end = len(damaged) if chance.random() < 0.5 else min(len(damaged), 600)
    return chance.randrange(max(1, end))


def _flip(damaged: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 40)):
        if damaged:
            damaged[_place(damaged, chance)] ^= 1 << chance.randrange(8)


def _fill(damaged: bytearray, chance: random.Random) -> None:
    at = _place(damaged, chance)
    length = min(chance.choice((1, 4, 8, 64, 1024)), len(damaged) - at)
    damaged[at : at + length] = bytes([chance.choice((0, 0x7F, 0x80, 0xFF))]) * length


def _cut(damaged: bytearray, chance: random.Random) -> None:
    at = _place(damaged, chance)
    del damaged[at : at + chance.choice((1, 4, 100, len(damaged)))]


def _repeat(damaged: bytearray, chance: random.Random) -> None:
    at = _place(damaged, chance)
    piece = bytes(damaged[at : at + chance.choice((4, 100, 5000))])
    damaged[at:at] = piece * chance.randint(1, 20)


def _swap(damaged: bytearray, chance: random.Random) -> None:
    one, other = sorted((_place(damaged, chance), _place(damaged, chance)))
    length = min(chance.choice((4, 16, 512)), other - one, len(damaged) - other)
    first, second = bytes(damaged[one : one + length]), bytes(damaged[other : other + length])
    damaged[one : one + length], damaged[other : other + length] = second, first


def _number(damaged: bytearray, chance: random.Random) -> None:
    """A large number where a count, a size or a rate may be."""
    at = _place(damaged, chance)
    value = chance.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x10000, 1 << 24))
    damaged[at : at + 4] = value.to_bytes(4, chance.choice(("big", "little")))
