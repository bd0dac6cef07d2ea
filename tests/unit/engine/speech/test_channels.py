"""The voice is listened to in whichever channels it is, and alike channels are mixed as ever."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydub import AudioSegment

from lipsync_demo.engine.speech.channels import (
    VoiceChannels,
    extract_voice,
    speech_samples,
    voice_channels,
)
from lipsync_demo.media.audio import decode
from tests.media_factory import wav_bytes

SAMPLE = Path(__file__).resolve().parents[4] / "assets" / "sample_speech.wav"
RATE = 16_000


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return speech_samples(SAMPLE)


def sound(*channels: np.ndarray) -> AudioSegment:
    data = np.rint(np.stack(channels, 1) * 32_767).astype(np.int16).tobytes()
    return AudioSegment(data=data, sample_width=2, frame_rate=RATE, channels=len(channels))


def music(like: np.ndarray) -> np.ndarray:
    time = np.arange(len(like)) / RATE
    beat = 0.6 + 0.4 * np.sin(2 * np.pi * 2 * time)
    return 0.3 * beat * sum(np.sin(2 * np.pi * f * time) for f in (220, 277, 330, 440)) / 4


def correlation(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_channels_that_are_alike_are_mixed_evenly(speech: np.ndarray) -> None:
    alike = sound(speech, speech * 0.8)
    assert voice_channels(alike) == VoiceChannels(None, (0, 1), opposed=False)
    np.testing.assert_allclose(extract_voice(alike), speech * 0.9, atol=1e-4)


def test_channels_out_of_phase_do_not_cancel(speech: np.ndarray) -> None:
    turned = sound(speech, -speech)
    assert voice_channels(turned).opposed
    np.testing.assert_allclose(extract_voice(turned), speech, atol=1e-4)


@pytest.mark.parametrize("count", range(2, 7))
def test_a_voice_that_has_a_channel_to_itself_is_heard_whole(
    speech: np.ndarray, count: int
) -> None:
    for number in {0, count // 2, count - 1}:
        channels = [np.zeros_like(speech)] * count
        channels[number] = speech
        found = sound(*channels)
        assert voice_channels(found).channels == (number,)
        np.testing.assert_allclose(extract_voice(found), speech, atol=1e-4)


def test_a_voice_beside_music_is_heard_alone(speech: np.ndarray) -> None:
    for number, channels in enumerate(((speech, music(speech)), (music(speech), speech))):
        assert voice_channels(sound(*channels)).channels == (number,)
        assert correlation(extract_voice(sound(*channels)), speech) > 0.999


def test_the_centre_of_5_1_among_music(speech: np.ndarray) -> None:
    time = np.arange(len(speech)) / RATE
    bass = 0.3 * np.sin(2 * np.pi * 50 * time)
    left, right = music(speech), np.roll(music(speech), 900)
    found = sound(left, right, speech, bass, left * 0.3, right * 0.3)
    assert voice_channels(found).channels == (2,)


def test_two_people_in_a_channel_each_are_both_heard(speech: np.ndarray) -> None:
    half = len(speech) // 2
    first, second = speech.copy(), np.roll(speech, half)
    first[half:] = 0
    second[: len(speech) - half] = 0
    found = sound(first, second)
    assert voice_channels(found).channels in ((), (0, 1))
    assert correlation(extract_voice(found), first + second) > 0.999


def test_silence_and_noise_are_mixed_evenly() -> None:
    silent = np.zeros(RATE)
    assert voice_channels(sound(silent, silent)) == VoiceChannels(None, (), opposed=False)
    noise = np.random.default_rng(1).normal(0, 0.1, (2, RATE))
    assert voice_channels(sound(*noise)).weights is None


def test_a_voice_in_the_third_channel_of_a_file(tmp_path: Path, speech: np.ndarray) -> None:
    path = tmp_path / "a.wav"
    silent = np.zeros_like(speech)
    path.write_bytes(wav_bytes(np.stack([silent, silent, speech], 1), RATE))
    np.testing.assert_allclose(speech_samples(path), speech, atol=1e-4)
    assert decode(path).channels == 3
