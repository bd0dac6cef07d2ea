"""Every channel is heard, in a layout that AAC has, and loud sound is levelled as a whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.info import AudioInfo
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sound.level import PEAK_CEILING
from tests.media_factory import speechlike, tone, wav_bytes, write_channels

pytestmark = pytest.mark.slow

RATE = 48_000
SPEECH = speechlike(1)


def channels(path: Path) -> np.ndarray:
    return samples_of(decode(path))


def info(path: Path) -> AudioInfo:
    audio = probe(path).audio
    assert audio is not None
    return audio


def only(number: int, count: int, sound: np.ndarray = SPEECH) -> np.ndarray:
    out = np.zeros((count, len(sound)), np.float32)
    out[number] = sound
    return out


@pytest.mark.parametrize(
    ("layout", "count"),
    [("mono", 1), ("stereo", 2), ("3.0", 3), ("4.0", 4), ("5.0", 5), ("5.1", 6)],
)
def test_a_layout_that_aac_has_is_kept(tmp_path: Path, layout: str, count: int) -> None:
    sounds = np.stack([SPEECH * (n + 1) / 8 for n in range(count)])
    if count == 6:
        sounds[3] = tone(1, RATE, 50)
    path = write_channels(tmp_path / "a.wav", sounds, RATE, layout)
    np.testing.assert_allclose(channels(path), sounds.T, atol=1e-4)
    assert info(path).channels == count


@pytest.mark.parametrize("number", range(3))
def test_a_voice_in_any_of_three_channels_nobody_names(tmp_path: Path, number: int) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(only(number, 3).T, RATE))
    np.testing.assert_allclose(channels(path), only(number, 3).T, atol=1e-4)


@pytest.mark.parametrize(
    ("layout", "count", "kept"), [("quad", 4, 2), ("6.1", 7, 6), ("7.1", 8, 6), ("2.1", 3, 2)]
)
def test_a_voice_in_any_channel_of_another_layout_is_heard_as_loud(
    tmp_path: Path, layout: str, count: int, kept: int
) -> None:
    for number in range(count):
        path = write_channels(tmp_path / "a.wav", only(number, count), RATE, layout)
        sound = channels(path)
        bass = "LFE" in layout or number == {"6.1": 3, "7.1": 3, "2.1": 2}.get(layout)
        assert sound.shape[1] == (2 if bass else kept), number
        assert np.abs(sound).max() == pytest.approx(np.abs(SPEECH).max(), abs=1e-3), number
        loudest = sound[:, np.abs(sound).max(axis=0).argmax()]
        assert np.corrcoef(loudest, SPEECH)[0, 1] > 0.999, number


def test_a_voice_in_the_bass_channel_of_5_1_moves_to_both_sides(tmp_path: Path) -> None:
    path = write_channels(tmp_path / "a.wav", only(3, 6), RATE, "5.1")
    np.testing.assert_allclose(channels(path), np.stack([SPEECH, SPEECH], 1), atol=1e-4)


def test_eight_channels_nobody_names(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(only(6, 8).T, RATE))
    np.testing.assert_allclose(channels(path), np.stack([SPEECH, SPEECH], 1), atol=1e-4)


def test_floats_beyond_full_scale_are_brought_below_it_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SPEECH * 6, RATE, floats=True))
    sound = channels(path)[:, 0]
    assert info(path).peak == pytest.approx(6 * np.abs(SPEECH).max(), rel=1e-4)
    assert np.abs(sound).max() == pytest.approx(PEAK_CEILING, abs=1e-4)
    assert np.corrcoef(sound, SPEECH)[0, 1] > 0.999999


def test_a_click_and_what_is_no_number_do_not_silence_the_voice(tmp_path: Path) -> None:
    wild = SPEECH.copy()
    wild[20_000:20_003] = 4000, np.nan, np.inf
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(wild, RATE, floats=True))
    sound = channels(path)[:, 0]
    assert np.abs(np.delete(sound, np.s_[19_990:20_010])).max() > 0.05


def test_floats_within_full_scale_are_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(SPEECH, RATE, floats=True))
    sound = decode(path)
    assert sound.sample_width == 4
    np.testing.assert_allclose(samples_of(sound)[:, 0], SPEECH, atol=1e-7)


def test_lossy_sound_that_overshoots_is_levelled(tmp_path: Path) -> None:
    path = write_channels(tmp_path / "a.m4a", SPEECH[None] * 3, RATE, "mono")
    assert info(path).peak > 1
    assert np.abs(channels(path)).max() == pytest.approx(PEAK_CEILING, abs=1e-4)
