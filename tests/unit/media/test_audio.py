from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.media.audio import (
    AudioSegment,
    decode,
    lay_sound,
    mix_to_mono,
    samples_of,
    waveform,
)
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode, timeline
from tests.media_factory import make_tone, make_video, speechlike, tone, write_audio


@pytest.mark.parametrize("suffix", [".wav", ".flac"])
@pytest.mark.parametrize("rate", [8000, 16_000, 44_100, 48_000])
def test_lossless_sound_comes_back_as_it_was(tmp_path: Path, suffix: str, rate: int) -> None:
    original = speechlike(Fraction("0.51"), rate)
    sound = decode(write_audio(tmp_path / f"speech{suffix}", original, rate))
    assert (sound.frame_rate, sound.channels, sound.sample_width) == (rate, 1, 2)
    np.testing.assert_allclose(samples_of(sound)[:, 0], original, atol=1 / 16_384)


@pytest.mark.parametrize("suffix", [".mp3", ".m4a", ".ogg"])
def test_lossy_sound_keeps_its_length_and_place(tmp_path: Path, suffix: str) -> None:
    original = speechlike(2)
    decoded = samples_of(decode(write_audio(tmp_path / f"speech{suffix}", original, 48_000)))[:, 0]
    assert len(decoded) == len(original)
    spectrum = np.fft.rfft(decoded, 2**18) * np.conj(np.fft.rfft(original, 2**18))
    assert abs(np.fft.irfft(spectrum).argmax()) <= 2


def test_deep_pcm_keeps_its_depth(tmp_path: Path) -> None:
    quiet = tone(Fraction(1, 10)) / 40_000
    sound = decode(write_audio(tmp_path / "quiet.wav", quiet, 48_000, codec="pcm_s24le"))
    assert sound.sample_width == 4
    assert samples_of(sound).max() == pytest.approx(quiet.max(), rel=0.02)


def test_the_sound_of_a_video(tmp_path: Path) -> None:
    sound = decode(make_video(tmp_path / "clip.mp4", 2, audio="tone"))
    assert sound.frame_count() == 96_000


def test_no_sound(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="has no sound"):
        decode(make_video(tmp_path / "clip.mp4", 1))


@pytest.mark.parametrize("rate", [8000, 16_000, 22_050, 44_100, 48_000])
def test_speech_samples_are_exactly_as_long_as_the_speech(tmp_path: Path, rate: int) -> None:
    path = make_tone(tmp_path / "tone.wav", Fraction("1.2345"), rate, channels=2)
    samples = speech_samples(path)
    assert samples.dtype == np.float32
    assert samples.shape == (round(Fraction(round(Fraction("1.2345") * rate), rate) * 16_000),)
    middle = samples[4000:-4000]
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.02)
    assert np.abs(np.fft.rfft(middle)).argmax() * 16_000 / len(middle) == pytest.approx(440, abs=2)


def test_stereo_is_mixed_evenly() -> None:
    left, right = np.full(1600, 8000, np.int16), np.full(1600, -4000, np.int16)
    data = np.stack([left, right], 1).tobytes()
    mono = mix_to_mono(AudioSegment(data=data, sample_width=2, frame_rate=16_000, channels=2))
    assert mono == pytest.approx(2000 / 32_768, abs=1e-6)


def test_a_waveform_shows_where_the_sound_is(tmp_path: Path) -> None:
    loud, quiet = tone(1, 16_000), tone(1, 16_000) * 0
    path = write_audio(tmp_path / "half.wav", np.concatenate([loud, quiet]), 16_000)
    peaks = waveform(path, 100)
    assert peaks.shape == (100,)
    assert peaks[:49] == pytest.approx(0.5, abs=0.01)
    assert peaks[51:].max() == 0


def test_a_waveform_of_more_buckets_than_samples(tmp_path: Path) -> None:
    assert waveform(make_tone(tmp_path / "t.wav", Fraction(10, 8000), 8000), 64).shape == (64,)
    with pytest.raises(ValueError, match="at least one"):
        waveform(tmp_path / "t.wav", 0)


seconds = st.integers(1, 3 * 8000).map(lambda n: Fraction(n, 8000))


@given(st.sampled_from(list(SyncMode)), seconds, seconds)
def test_laid_sound_is_the_speech_and_then_silence(
    mode: SyncMode, video: Fraction, audio: Fraction
) -> None:
    rate = 8000
    values = np.arange(1, 1 + audio * rate).astype(np.int16)
    sound = AudioSegment(data=values.tobytes(), sample_width=2, frame_rate=rate, channels=1)
    laid = timeline(mode, video, audio)
    out = np.frombuffer(lay_sound(sound, laid).raw_data, np.int16)
    assert len(out) == laid.output_seconds * rate
    heard = min(len(out), len(values))
    np.testing.assert_array_equal(out[:heard], values[:heard])
    assert not out[heard:].any()


def test_importing_says_nothing_of_a_missing_binary() -> None:
    code = "import lipsync_demo.media.audio"
    result = subprocess.run(
        [sys.executable, "-W", "error::RuntimeWarning", "-c", code],
        env={"PATH": "/nonexistent"},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "ffmpeg" not in result.stderr
