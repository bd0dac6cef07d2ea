from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.media.info import MediaInfo
from lipsync_demo.media.limits import LIMITS
from lipsync_demo.media.preflight import (
    Finding,
    Fix,
    Severity,
    check,
    check_audio,
    check_video,
    lay,
)
from lipsync_demo.media.probe import probe
from lipsync_demo.media.sync_modes import SyncMode
from tests.media_factory import (
    make_changing,
    make_picture,
    make_silence,
    make_speechlike,
    make_tone,
    make_video,
    speechlike,
    write_audio,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("media")


@pytest.fixture(scope="module")
def video(folder: Path) -> MediaInfo:
    return probe(make_video(folder / "talk.mp4", 2, size=(320, 240), audio="tone"))


@pytest.fixture(scope="module")
def speech(folder: Path) -> MediaInfo:
    return probe(make_speechlike(folder / "speech.wav", 3))


def severities(findings: list[Finding]) -> list[Severity]:
    return [finding.severity for finding in findings]


def only(findings: list[Finding]) -> Finding:
    (finding,) = findings
    assert finding.what.endswith(".")
    assert finding.hint.endswith(".")
    return finding


def test_good_inputs_need_no_words(video: MediaInfo, speech: MediaInfo) -> None:
    for mode in SyncMode:
        if mode is not SyncMode.CUT_OFF:
            assert check(video, speech, mode) == []


def test_a_cut_is_said(video: MediaInfo, speech: MediaInfo) -> None:
    finding = only(check(video, speech, SyncMode.CUT_OFF))
    assert finding.severity is Severity.NOTE
    assert finding.what == "The last 1.00 s of the speech are cut."


def test_an_unnatural_speed_is_said(folder: Path, video: MediaInfo) -> None:
    slow = only(check(video, probe(make_tone(folder / "5.wav", 5)), SyncMode.REMAP))
    assert (slow.severity, "2.50 times slower" in slow.what) == (Severity.WARNING, True)
    fast = only(check(video, probe(make_tone(folder / "1.wav", 1)), SyncMode.REMAP))
    assert "2.00 times faster" in fast.what
    assert slow.hint == "That looks unnatural; bounce or loop keeps its own speed."
    assert fast.hint == "That looks unnatural; cut_off, bounce or loop keeps its own speed."


def test_a_timeline_turns_on_frames(video: MediaInfo, speech: MediaInfo) -> None:
    legs = lay(SyncMode.BOUNCE, video, speech).video
    assert legs[1].source_start == Fraction(49, 25)
    with pytest.raises(ValueError, match="picture and a sound"):
        lay(SyncMode.BOUNCE, speech, speech)


def test_size(video: MediaInfo, speech: MediaInfo) -> None:
    big = replace(video, size_bytes=LIMITS.size_bytes + 1)
    assert only(check_video(big)).what == "talk.mp4 is 200.1 MB; at most 200 MB are taken."
    assert check_video(replace(video, size_bytes=LIMITS.size_bytes)) == []
    assert severities(check_audio(replace(speech, size_bytes=2**30))) == [Severity.ERROR]


@pytest.mark.parametrize(
    ("seconds", "severity"),
    [(300, None), (301, Severity.WARNING), (600, Severity.WARNING), (601, Severity.ERROR)],
)
def test_length(
    video: MediaInfo, speech: MediaInfo, seconds: int, severity: Severity | None
) -> None:
    assert video.video is not None
    assert speech.audio is not None
    expected = [] if severity is None else [severity]
    long_video = replace(video, video=replace(video.video, duration=Fraction(seconds)))
    assert severities(check_video(long_video)) == expected
    long_speech = replace(speech, audio=replace(speech.audio, samples=48_000 * seconds))
    assert severities(check_audio(long_speech)) == expected


@pytest.mark.parametrize(
    ("size", "severity"),
    [
        ((4096, 2160), None),
        ((2160, 4096), None),
        ((4098, 1000), Severity.ERROR),
        ((2200, 2200), Severity.ERROR),
        ((320, 180), Severity.WARNING),
    ],
)
def test_picture_size(video: MediaInfo, size: tuple[int, int], severity: Severity | None) -> None:
    assert video.video is not None
    info = replace(video, video=replace(video.video, width=size[0], height=size[1]))
    assert severities(check_video(info)) == ([] if severity is None else [severity])


def test_silence_and_whispers(folder: Path) -> None:
    silent = only(check_audio(probe(make_silence(folder / "silent.wav", 1))))
    assert (silent.severity, "silent" in silent.what) == (Severity.ERROR, True)
    info = probe(make_tone(folder / "tone.wav", 1))
    assert info.audio is not None
    quiet = only(check_audio(replace(info, audio=replace(info.audio, peak=0.01))))
    assert (quiet.severity, "quiet" in quiet.what) == (Severity.WARNING, True)


def test_the_wrong_kinds(folder: Path, video: MediaInfo, speech: MediaInfo) -> None:
    assert "no picture" in only(check_video(speech)).what
    still = probe(make_picture(folder / "still.png"))
    assert "still picture" in only(check_video(still)).what
    assert "no sound" in only(check_audio(still)).what
    sound_of_video = only(check_audio(video))
    assert sound_of_video.severity is Severity.NOTE
    assert "only its sound" in sound_of_video.what


def test_what_changes_quietly_is_noted(folder: Path) -> None:
    path = make_video(folder / "vfr.mp4", rate=30, vfr=[1, 2, 3, 1], size=(320, 240))
    assert "varies" in only(check_video(probe(path))).what
    deep = make_video(
        folder / "deep.mp4", 1, size=(320, 240), codec="libx265", pixel_format="yuv420p10le"
    )
    assert "10 bits" in only(check_video(probe(deep))).what
    mpg = make_video(folder / "old.mpg", 1, size=(320, 240))
    assert "does not list" in only(check_video(probe(mpg))).what
    single = make_video(folder / "one.mp4", frames=1, size=(320, 240))
    assert "single frame" in only(check_video(probe(single))).what


def test_a_size_that_changes_is_said(tmp_path: Path) -> None:
    video = probe(make_changing(tmp_path / "call.webm", [(320, 240), (640, 480)], 3))
    (found,) = [f for f in check_video(video) if "changes its size" in f.what]
    assert "320 × 240, 640 × 480" in found.what
    assert found.fix is Fix.PLAIN
    assert video.video is not None
    assert (video.video.width, video.video.height) == (640, 480)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_what_is_missing_of_a_cut_off_file_is_said(tmp_path: Path, suffix: str) -> None:
    whole = make_video(tmp_path / f"whole{suffix}", 4, audio="tone", index_first=True)
    assert not [f for f in check_video(probe(whole)) if "cut off" in f.what]
    data = whole.read_bytes()
    cut = tmp_path / f"cut{suffix}"
    cut.write_bytes(data[: len(data) * 6 // 10])
    info = probe(cut)
    (found,) = [f for f in check_video(info) if "cut off" in f.what]
    assert info.video is not None
    there = float(info.video.duration)
    assert 1 < there < 3
    assert found.what.startswith(f"The video is cut off: {there:.2f} of 4.0")
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.mka"])
def test_what_is_missing_of_a_cut_off_speech_is_said(tmp_path: Path, name: str) -> None:
    if name == "a.m4a":
        whole = make_video(tmp_path / "a.mp4", frames=1, audio=speechlike(4), index_first=True)
    else:
        form = {"a.mka": "a.mkv"}.get(name, name)
        whole = write_audio(tmp_path / form, speechlike(4), 48_000)
    assert not [f for f in check_audio(probe(whole)) if "cut off" in f.what]
    data = whole.read_bytes()
    cut = tmp_path / f"cut{whole.suffix}"
    cut.write_bytes(data[: len(data) * 6 // 10])
    (found,) = [f for f in check_audio(probe(cut)) if "cut off" in f.what]
    assert found.what.startswith("The speech is cut off: 2."), found
    assert " of 4.0" in found.what
    assert found.severity is Severity.WARNING


def test_a_wav_that_was_written_while_recording_is_whole(tmp_path: Path) -> None:
    path = make_speechlike(tmp_path / "a.wav", 1)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    assert not [f for f in check_audio(probe(path)) if "cut off" in f.what]


def test_packed_and_joined_sounds_are_not_said_to_be_cut_off(tmp_path: Path) -> None:
    packed = write_audio(tmp_path / "packed.wav", speechlike(4), 48_000, codec="adpcm_ms")
    data = bytearray(packed.read_bytes())
    data[28:32] = struct.pack("<I", 16_000)  # bytes a second, which FFmpeg itself writes wrongly
    packed.write_bytes(data)
    short = make_speechlike(tmp_path / "short.mp3", 1)
    low = make_speechlike(tmp_path / "low.mp3", 3, 16_000)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(low.read_bytes() + short.read_bytes())
    for path in (packed, joined):
        assert not [f for f in check_audio(probe(path)) if "cut off" in f.what]


def test_the_worst_comes_first(folder: Path, speech: MediaInfo) -> None:
    small = probe(make_video(folder / "small.mpg", 1))
    heavy = replace(small, size_bytes=2**30)
    found = severities(check(heavy, speech, SyncMode.CUT_OFF))
    assert found == [Severity.ERROR, Severity.WARNING, Severity.NOTE, Severity.NOTE]
