"""Probing, sound and previews of real footage; figures from the clips' own index."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.info import AudioInfo, VideoInfo
from lipsync_demo.media.playable import browser_safe
from lipsync_demo.media.preflight import Severity, check, check_audio, lay
from lipsync_demo.media.preview import make_preview
from lipsync_demo.media.probe import probe, probe_video
from lipsync_demo.media.sync_modes import SyncMode
from tests.media_factory import frame_stamps

pytestmark = pytest.mark.media

CODECS = {"mp3float": "mp3"}


def video_of(path: Path) -> VideoInfo:
    video = probe(path).video
    assert video is not None
    return video


def audio_of(path: Path) -> AudioInfo:
    audio = probe(path).audio
    assert audio is not None
    return audio


def test_every_clip_is_as_its_index_says(test_media: Path) -> None:
    with (test_media / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) > 30
    for row in rows:
        path = test_media / row["file"]
        info = probe(path)
        name = row["file"]
        if row["kind"] == "image":
            assert info.still, name
            with pytest.raises(MediaError):
                probe_video(path)
            continue
        assert abs(info.duration - Fraction(row["dur"])) < Fraction(1, 10), name
        if row["video"]:
            assert info.video is not None, name
            size, rate, _, codec = row["video"].split(" ")
            assert f"{info.video.coded_width}x{info.video.coded_height}" == size, name
            assert abs(info.video.fps - Fraction(rate)) < Fraction(1, 1000), name
            assert info.video.codec == codec, name
        if row["audio"] in ("", "none"):
            assert info.audio is None, name
        else:
            assert info.audio is not None, name
            codec, hertz, _, channels, _, *more = row["audio"].split(" ")
            assert info.audio.codec == CODECS.get(codec, codec), name
            assert (info.audio.rate, info.audio.channels) == (int(hertz), int(channels)), name
            assert info.audio.silent == (more == ["(silent)"]), name


@pytest.mark.parametrize(
    "name",
    [
        "talk/man_suit_threequarter_vfr.mp4",
        "talk/grid_man_glasses.mpg",
        "hard/noface_narrator_multistream.mp4",
        "hard/drawn_woman_talking_512_noaudio.mp4",
        "hard/glasses_headturns_nearsilent_sar1516.mp4",
    ],
)
def test_times_from_packets_are_those_of_the_frames(test_media: Path, name: str) -> None:
    times = frame_times(test_media / name)
    assert [stamp * times.time_base for stamp in times.pts] == frame_stamps(test_media / name)


def test_a_variable_rate_and_a_late_first_frame(test_media: Path) -> None:
    video = video_of(test_media / "talk/man_suit_threequarter_vfr.mp4")
    assert video.vfr
    assert video.fps == Fraction(1350, 61)
    assert video.start == Fraction(507, 15_360)
    assert video.duration == Fraction("6.1")


def test_pixels_that_are_not_square(test_media: Path) -> None:
    video = video_of(test_media / "hard/glasses_headturns_nearsilent_sar1516.mp4")
    assert (video.coded_width, video.width, video.height) == (512, 480, 480)


def test_the_first_of_several_streams(test_media: Path) -> None:
    path = test_media / "hard/noface_narrator_multistream.mp4"
    assert (video_of(path).width, video_of(path).duration) == (320, 13)
    assert audio_of(path).rate == 8000


@pytest.mark.parametrize(
    "name",
    [
        "audio/en_libri_m1.mp3",
        "audio/en_jfk_11s.flac",
        "audio/ru_sadtalker.wav",
        "talk/grid_man_grey_a.mpg",
        "hard/still_like_girl_592x992.mp4",
    ],
)
def test_decoded_sound_is_as_long_as_probed(test_media: Path, name: str) -> None:
    sound, audio = decode(test_media / name), audio_of(test_media / name)
    assert sound.frame_count() == audio.samples
    assert (sound.frame_rate, sound.channels) == (audio.rate, audio.channels)


def test_aac_padding_is_not_part_of_the_speech(test_media: Path) -> None:
    assert audio_of(test_media / "hard/still_like_girl_592x992.mp4").duration == 6


@pytest.mark.parametrize("mode", list(SyncMode))
def test_plans_over_a_variable_rate(test_media: Path, mode: SyncMode) -> None:
    video = probe(test_media / "talk/man_suit_threequarter_vfr.mp4")
    audio = probe(test_media / "audio/en_jfk_11s.flac")
    laid = lay(mode, video, audio)
    made = plan(laid, frame_times(video.path))
    assert abs(made.end * made.time_base - laid.output_seconds) <= made.time_base


def test_findings(test_media: Path) -> None:
    speech = probe(test_media / "audio/en_jfk_11s.flac")
    clean = probe(test_media / "talk/weekly_address_450.mp4")
    assert check(clean, speech, SyncMode.CUT_OFF) == []
    still = probe(test_media / "image/still_painting_monalisa.jpg")
    assert [f.severity for f in check(still, speech, SyncMode.LOOP)] == [Severity.ERROR]
    silent = probe(test_media / "hard/glasses_man_silent_track_480.mp4")
    assert check_audio(silent)[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    "name",
    ["hard/glasses_headturns_nearsilent_sar1516.mp4", "talk/grid_woman_longhair.mpg"],
)
def test_previews_of_real_files(test_media: Path, tmp_path: Path, name: str) -> None:
    source = probe(test_media / name)
    made = probe(make_preview(source.path, tmp_path / "preview.mp4"))
    assert browser_safe(made)
    assert source.video is not None
    assert made.video is not None
    assert made.video.frames == source.video.frames
    assert made.video.duration == source.video.duration
    assert (made.video.width, made.video.height) == (source.video.width, source.video.height)
