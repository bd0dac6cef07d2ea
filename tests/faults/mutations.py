"""Whole files of 16 formats, and damage done to them, the same for the same seed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.media_factory import make_picture, make_speechlike, make_video

VIDEOS = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".flv", ".gif")
SOUNDS = (".wav", ".mp3", ".m4a", ".ogg", ".flac", ".aiff")
PICTURES = (".png", ".jpg")
_MADE: Mapping[str, Mapping[str, Any]] = {
    ".flv": {"codec": "libx264"},
    ".gif": {"codec": "gif", "pixel_format": "rgb8"},
}
FORMATS = (*VIDEOS, *SOUNDS, *PICTURES)


def whole_files(folder: Path) -> list[Path]:
    """A short file of each format."""
    videos = [
        make_video(folder / f"video{suffix}", 1, **_MADE.get(suffix, {"audio": "tone"}))
        for suffix in VIDEOS
    ]
    sounds = [
        make_speechlike(
            folder / f"sound{suffix}", 1, codec="pcm_s16be" if suffix == ".aiff" else None
        )
        for suffix in SOUNDS
    ]
    return [*videos, *sounds, *(make_picture(folder / f"picture{s}") for s in PICTURES)]


def mutated(data: bytes, chance: random.Random) -> bytes:
    """`data` with one to four kinds of damage, more often near its start, where headers are."""
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        chance.choice((_flip, _fill, _cut, _repeat, _swap, _number))(damaged, chance)
    return bytes(damaged)


def mutations(files: list[Path], folder: Path, seed: int, count: int) -> Iterator[Path]:
    """`count` damaged files, of each format in turn."""
    chance = random.Random(seed)
    for number in range(count):
        whole = files[number % len(files)]
        path = folder / f"{number}-{whole.name}"
        path.write_bytes(mutated(whole.read_bytes(), chance))
        yield path


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
