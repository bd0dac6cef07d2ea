"""Sound lies where its packets' times put it, with silence between and nothing moved for jitter."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.info import AudioInfo
from lipsync_demo.media.probe import probe
from tests.media_factory import make_video, retimed_sound, speechlike, write_audio

RATE = 48_000
SPEECH = speechlike(4)


def heard(path: Path) -> np.ndarray:
    return samples_of(decode(path)).mean(axis=1)


def track(path: Path) -> AudioInfo:
    audio = probe(path).audio
    assert audio is not None
    assert audio.samples == int(decode(path).frame_count())
    return audio


def late(sound: np.ndarray, wanted: np.ndarray) -> int:
    """By how many samples `sound` is later than `wanted`."""
    size = 2 * (len(sound) + len(wanted))
    agreement = np.fft.irfft(np.fft.rfft(sound, size) * np.conj(np.fft.rfft(wanted, size)), size)
    best = int(agreement.argmax())
    return best - size if best > size // 2 else best


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("times")
    return {s: make_video(folder / f"a{s}", 4, audio=SPEECH) for s in (".mp4", ".webm", ".mkv")}


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv"])
def test_speech_after_a_hole_keeps_its_time(
    clips: dict[str, Path], tmp_path: Path, suffix: str
) -> None:
    path = retimed_sound(clips[suffix], tmp_path / f"b{suffix}", lost=(1, 2))
    audio, sound = track(path), heard(path)
    ((start, end),) = audio.holes
    assert float(start) == pytest.approx(1, abs=0.03)
    assert float(end) == pytest.approx(2, abs=0.03)
    assert not sound[round(start * RATE) : round(end * RATE)].any()
    # WebM counts milliseconds.
    allowed = 48 if suffix == ".webm" else 1
    assert abs(late(sound[: RATE * 99 // 100], SPEECH[:RATE])) <= 1
    assert abs(late(sound[round(2.1 * RATE) :], SPEECH[round(2.1 * RATE) :])) <= allowed
    assert float(audio.duration) == pytest.approx(4, abs=0.02)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_one_lost_packet_moves_nothing(clips: dict[str, Path], tmp_path: Path, suffix: str) -> None:
    path = retimed_sound(clips[suffix], tmp_path / f"b{suffix}", lost=(1, 1.02))
    assert len(track(path).holes) == 1
    assert abs(late(heard(path)[RATE * 3 // 2 :], SPEECH[RATE * 3 // 2 :])) <= 48


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_sound_that_begins_after_the_picture_keeps_its_distance(
    clips: dict[str, Path], tmp_path: Path, suffix: str
) -> None:
    path = retimed_sound(clips[suffix], tmp_path / f"b{suffix}", later=Fraction(3, 4))
    assert float(track(path).lead) == pytest.approx(0.75, abs=0.03)
    assert late(heard(path), SPEECH) == pytest.approx(RATE * 3 // 4, abs=48)


def test_sound_before_the_first_picture_is_left_out(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 4, audio=SPEECH, start=10)
    audio = track(path)
    assert (audio.early, audio.lead) == (Fraction(2, 5), 0)
    assert late(heard(path), SPEECH) == -RATE * 2 // 5
    assert late(samples_of(decode(path, whole=True)).mean(axis=1), SPEECH) == 0


def test_packets_that_jitter_are_left_where_they_are(
    clips: dict[str, Path], tmp_path: Path
) -> None:
    jitter = [Fraction(n, 1000) for n in (0, 12, -6, 11, -7, 4)]
    path = retimed_sound(clips[".webm"], tmp_path / "b.webm", jitter=jitter)
    assert track(path).holes == ()
    np.testing.assert_allclose(
        heard(path)[: 3 * RATE], heard(clips[".webm"])[: 3 * RATE], atol=1e-4
    )


def test_a_clock_that_begins_again_goes_on(tmp_path: Path) -> None:
    parts = [write_audio(tmp_path / f"{n}.ogg", SPEECH[:RATE], RATE) for n in range(2)]
    path = tmp_path / "chained.ogg"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    assert track(path).duration == 2
    assert late(heard(path)[RATE:], SPEECH[:RATE]) == 0


@pytest.mark.parametrize("suffix", [".mp4", ".m4a", ".mp3", ".ogg", ".flac"])
def test_what_an_encoder_puts_in_front_is_not_heard(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    if suffix == ".mp4":
        make_video(path, 4, audio=SPEECH)
    else:
        write_audio(path, SPEECH, RATE)
    audio = track(path)
    assert (audio.lead, audio.early, audio.holes, audio.duration) == (0, 0, (), 4)
    assert late(heard(path), SPEECH) == 0
