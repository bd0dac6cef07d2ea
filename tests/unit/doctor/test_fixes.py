"""Remedies are exact in time, leave the original alone, and do what they say."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.doctor import fixes
from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.media.audio import decode, samples_of
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.probe import probe
from tests.media_factory import (
    frame_stamps,
    make_speechlike,
    make_video,
    read_index,
    retimed_sound,
    rgb_frames,
    speechlike,
    wav_bytes,
    write_audio,
)

pytestmark = pytest.mark.slow

NTSC = Fraction(30000, 1001)


def indices(path: Path) -> list[int]:
    return [read_index(frame) for frame in rgb_frames(path)]


def test_a_cut_video_has_the_frames_shown_between_the_points(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 3, rate=NTSC, size=(320, 240), audio=speechlike(3))
    before = path.read_bytes()
    cut = fixes.trim_video(path, tmp_path / "b.mp4", Fraction(1), Fraction(2))
    kept = [n for n in range(90) if 1 <= Fraction(n) / NTSC < 2]
    assert indices(cut) == kept
    info = probe(cut)
    assert info.video is not None
    assert info.audio is not None
    assert info.video.fps == NTSC
    assert info.video.duration == len(kept) / NTSC
    assert abs(info.audio.duration - 1) < Fraction(1, 1000)
    assert path.read_bytes() == before
    wanted = speech_samples(path)[16000:32000]
    assert np.corrcoef(wanted, speech_samples(cut)[: len(wanted)])[0, 1] > 0.98


def test_a_varying_rate_becomes_constant_and_nothing_moves_in_time(tmp_path: Path) -> None:
    path = make_video(
        tmp_path / "a.mp4", rate=30, size=(320, 240), vfr=[1, 2, 1, 1, 3, 1, 1, 2] * 4
    )
    info = probe(path)
    assert info.video is not None
    assert info.video.vfr
    even = fixes.constant_rate(path, tmp_path / "b.mp4")
    after = probe(even).video
    assert after is not None
    assert not after.vfr
    assert after.fps in fixes.RATES
    assert abs(after.duration - info.video.duration) <= 1 / after.fps
    stamps = frame_stamps(path)
    for n, seen in enumerate(indices(even)):
        due = Fraction(n) / after.fps
        shown = max(k for k, at in enumerate(stamps) if at - stamps[0] <= due + 1 / after.fps / 2)
        assert seen == shown


def test_a_cut_speech_is_exact_to_the_sample(tmp_path: Path) -> None:
    path = make_speechlike(tmp_path / "a.wav", 3)
    cut = fixes.trim_audio(path, tmp_path / "b.wav", Fraction(1, 2), Fraction(5, 4))
    one, other = samples_of(decode(path)), samples_of(decode(cut))
    assert len(other) == 36000
    assert np.array_equal(other, one[24000:60000])
    with pytest.raises(MediaError, match="Nothing is left"):
        fixes.trim_audio(path, tmp_path / "c.wav", Fraction(9), Fraction(10))


def test_a_quiet_speech_gets_an_ordinary_level_without_clipping(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", speechlike(2) * np.float32(0.01), 48_000)
    loud = decode(fixes.normalise(path, tmp_path / "b.wav"))
    assert loud.max_dBFS <= -0.9
    assert loud.dBFS > decode(path).dBFS + 15


def test_mono_at_48_khz(tmp_path: Path) -> None:
    path = make_speechlike(tmp_path / "a.wav", 1, rate=16_000)
    info = probe(fixes.mono(path, tmp_path / "b.wav")).audio
    assert info is not None
    assert (info.channels, info.rate, info.duration) == (1, 48_000, 1)


def test_a_huge_picture_is_made_to_fit(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", frames=2, size=(4400, 1200))
    video = probe(fixes.smaller(path, tmp_path / "b.mp4")).video
    assert video is not None
    assert (video.width, video.height) == (4096, 1116)


ODD = {
    "opposed": (1, -1),
    "third": (0, 0, 1),
    "one side": (0, 1),
    "centre of six": (0, 0, 1, 0, 0, 0),
    "fourth of six": (0, 0, 0, 1, 0, 0),
}


@pytest.mark.parametrize("weights", ODD.values(), ids=ODD.keys())
@pytest.mark.parametrize("fix", [fixes.mono, fixes.normalise, fixes.first_stream])
def test_no_remedy_loses_the_voice(
    tmp_path: Path, weights: tuple[float, ...], fix: Callable[[Path, Path], Path]
) -> None:
    voice = speechlike(1) * np.float32(0.5)
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(voice[:, None] * np.array(weights), 48_000))
    mended = speech_samples(fix(path, tmp_path / "b.wav"), 48_000)
    assert np.corrcoef(mended, voice)[0, 1] > 0.999
    assert np.abs(mended).max() > 0.25


def test_floats_beyond_full_scale_are_made_ordinary_without_clipping(tmp_path: Path) -> None:
    voice = speechlike(1)
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(voice * 6, 48_000, floats=True))
    mended = samples_of(decode(fixes.normalise(path, tmp_path / "b.wav")))[:, 0]
    assert np.corrcoef(mended, voice)[0, 1] > 0.99999
    assert np.abs(mended).max() < 0.95


def test_silence_is_not_made_louder(tmp_path: Path) -> None:
    path = write_audio(tmp_path / "a.wav", speechlike(1) * 0, 48_000)
    with pytest.raises(MediaError, match="silent"):
        fixes.normalise(path, tmp_path / "b.wav")


def test_the_sound_alone_keeps_what_comes_before_the_picture(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 2, audio=speechlike(2), start=10)
    sound = samples_of(decode(fixes.alone(path, tmp_path / "b.wav")))[:, 0]
    assert np.corrcoef(sound, speechlike(2))[0, 1] > 0.98


def test_a_cut_video_keeps_the_distance_of_its_sound(tmp_path: Path) -> None:
    voice = speechlike(3)
    clip = make_video(tmp_path / "a.mp4", 4, size=(320, 240), audio=voice)
    late = retimed_sound(clip, tmp_path / "late.mp4", later=Fraction(1, 2))
    before = samples_of(decode(late))[48_000:, 0]
    cut = fixes.trim_video(late, tmp_path / "b.mp4", Fraction(1), Fraction(3))
    after = samples_of(decode(cut))[:, 0]
    assert np.corrcoef(before[: len(after)], after)[0, 1] > 0.98
