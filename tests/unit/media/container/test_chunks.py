"""Recordings joined byte by byte are one sound, without their headers in between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.container.chunks import chunks
from lipsync_demo.media.probe import probe
from tests.media_factory import make_video, speechlike, tone, wav_bytes, write_audio

RATE = 48_000
SPEECH = speechlike(2)


def read(path: Path) -> tuple[np.ndarray, int]:
    audio = probe(path).audio
    assert audio is not None
    sound = decode(path)
    assert audio.samples == int(sound.frame_count())
    return samples_of(sound).mean(axis=1), audio.chunks


@pytest.mark.parametrize("endless", [False, True])
def test_a_wav_made_of_wavs(tmp_path: Path, endless: bool) -> None:
    parts = np.split(SPEECH, [30_001, 61_234])
    path = tmp_path / "a.wav"
    path.write_bytes(b"".join(wav_bytes(part, RATE, endless=endless) for part in parts))
    sound, count = read(path)
    assert count == 3
    np.testing.assert_allclose(sound, SPEECH, atol=1e-4)


def test_wavs_of_another_rate_and_form(tmp_path: Path) -> None:
    hum = tone(1)
    stereo = np.stack([hum, hum], axis=1)
    path = tmp_path / "a.wav"
    path.write_bytes(
        wav_bytes(hum, RATE)
        + wav_bytes(tone(1, 24_000), 24_000)
        + wav_bytes(stereo, RATE, floats=True)
    )
    sound, count = read(path)
    assert (count, len(sound)) == (3, 3 * RATE)
    for part in np.split(sound, 3):
        np.testing.assert_allclose(part[500:-500], hum[500:-500], atol=2e-3)


@pytest.mark.parametrize(("suffix", "codec"), [(".webm", "libopus"), (".m4a", "aac")])
def test_chunks_of_a_recorder(tmp_path: Path, suffix: str, codec: str) -> None:
    halves = np.split(SPEECH, 2)
    parts = [
        write_audio(tmp_path / f"{n}{suffix}", half, RATE, codec=codec).read_bytes()
        for n, half in enumerate(halves)
    ]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"".join(parts))
    sound, count = read(path)
    assert (count, len(sound)) == (2, len(SPEECH))
    for part, half in zip(np.split(sound, 2), halves, strict=True):
        assert np.corrcoef(part, half)[0, 1] > 0.98


@pytest.mark.parametrize("suffix", [".wav", ".m4a", ".mp3", ".ogg"])
def test_an_ordinary_sound_is_one(tmp_path: Path, suffix: str) -> None:
    path = write_audio(tmp_path / f"a{suffix}", SPEECH, RATE)
    assert chunks(path) == [(0, path.stat().st_size)]


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv"])
def test_an_ordinary_video_is_one(tmp_path: Path, suffix: str) -> None:
    path = make_video(tmp_path / f"a{suffix}", 1, audio="tone")
    assert chunks(path) == [(0, path.stat().st_size)]


def test_tiny_and_broken_files(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    assert chunks(path) == [(0, 4)]
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(40))
    assert chunks(path)[0][0] == 0
