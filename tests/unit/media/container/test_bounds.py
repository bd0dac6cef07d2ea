"""What a header declares is checked before anything is decoded."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from lipsync_demo.media.container.index_counts import declared_samples
from lipsync_demo.media.container.streams import open_media
from lipsync_demo.media.errors import MediaError, MediaTooHeavy
from lipsync_demo.media.limits import LIMITS
from lipsync_demo.media.probe import probe
from tests.faults import bombs
from tests.media_factory import make_speechlike, make_video

DECLARED = {
    "an index of 20 million frames": "20,000,000 samples",
    "an index of 2 million frames": "2,000,000 samples",
    "a fragment of 20 million frames": "20,000,000 samples",
    "10 hours of silence in AAC": "samples in one track",
    "2 hours of silence in AAC": "samples in one track",
    "3 hours of silence in FLAC": "180 minutes",
    "a WAV of 1 Hz": "1 samples a second",
    "a PNG of 16,000 × 16,000": "more than 67 million pixels",
    "a video of 16,000 × 16,000": "more than 67 million pixels",
    "a PNG with 1.3 GB of notes": "more compressed notes",
    "a PNG behind a PNG, with notes": "more compressed notes",
    "a video of PNGs with notes": "more compressed notes",
    "a JPEG of 400,000 comments": "more parts beside its picture",
    "a JPEG whose EXIF shares its bytes": "more parts beside its picture",
    "a PNG with notes, named MNG": "more compressed notes",
    "an animated PNG of 1,000 × 4,000 × 4,000": "draws its picture more often",
    "a JPEG of comments behind other bytes": "more parts beside its picture",
    "a JPEG of 1,000 scans": "draws its picture more often",
    "a JPEG whose EXIF is inside of itself": "more parts beside its picture",
    "a TIFF whose tags share their bytes": "more parts beside its picture",
    "a GIF of 65,535 × 65,535": "more than 67 million pixels",
    "the head of a JPEG of 65,500 × 65,500": "more than 67 million pixels",
}
FOUND_IN_DECODING = ("a WAV of 65,535 channels",)
ALL = {**bombs.BOMBS, **bombs.VARIATIONS}


@pytest.mark.parametrize("name", DECLARED)
def test_a_bomb_says_itself_what_it_is(name: str, tmp_path: Path) -> None:
    path = ALL[name](tmp_path)
    assert path.stat().st_size < 2_000_000
    with pytest.raises(MediaTooHeavy, match=DECLARED[name]), open_media(path):
        pass


@pytest.mark.parametrize("name", FOUND_IN_DECODING)
def test_what_the_decoder_is_told_to_refuse_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        probe(bombs.BOMBS[name](tmp_path))


def test_an_ordinary_index_is_counted(tmp_path: Path) -> None:
    path = make_video(tmp_path / "clip.mp4", 2, audio="tone")
    assert 50 <= declared_samples(path) <= 110
    assert declared_samples(make_speechlike(tmp_path / "speech.wav", 1)) == 0


def test_uncompressed_sound_counts_by_its_chunks(tmp_path: Path) -> None:
    """QuickTime declares 48,000 samples a second of it."""
    path = make_video(tmp_path / "clip.mov", 8, audio="tone")
    sound = make_speechlike(tmp_path / "long.mov", 8, codec="pcm_s16le")
    assert declared_samples(path) < 1000
    assert declared_samples(sound) < 1000
    assert probe(sound).audio is not None


@pytest.mark.parametrize("damage", [b"", b"\0\0\0\1moov\0", b"\0\0\0\x08ftyp" + b"\0\0\0\0moov"])
def test_damaged_boxes_are_no_reason_to_fail(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(damage)
    assert declared_samples(path) == 0


def test_endless_boxes_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(struct.pack("!I4s", 8, b"ftyp") + struct.pack("!I4s", 8, b"free") * 300_000)
    assert declared_samples(path) > LIMITS.opened_samples
