"""What the doctor says of sounds and videos, and that it keeps quiet about good ones."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from lipsync_demo.doctor.examine import examine_audio, examine_video
from lipsync_demo.doctor.faces import faces, longest
from lipsync_demo.doctor.fixes import plain
from lipsync_demo.engine.speech.channels import speech_samples
from lipsync_demo.media.picture.orientation import UPRIGHT
from lipsync_demo.media.preflight import Finding, Fix, Severity
from lipsync_demo.media.probe import probe
from tests.media_factory import (
    make_video,
    read_index,
    retimed_sound,
    rgb_frames,
    wav_bytes,
    write_audio,
    write_channels,
)
from tests.unit.engine.talking_portrait import still

pytestmark = pytest.mark.slow

ASSETS = Path(__file__).resolve().parents[3] / "assets"
RATE = 16_000


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return speech_samples(ASSETS / "sample_speech.wav")


def said(tmp_path: Path, samples: np.ndarray) -> dict[str, Finding]:
    path = write_audio(tmp_path / "a.wav", samples.astype(np.float32), RATE)
    return {f.what: f for f in examine_audio(probe(path)).found}


def test_good_inputs_are_praised_and_nothing_else() -> None:
    assert examine_video(probe(ASSETS / "sample_video.mp4")).found == ()
    assert examine_video(probe(ASSETS / "sample_video.mp4")).praise.startswith("one face")
    heard = examine_audio(probe(ASSETS / "sample_speech.wav"))
    assert (heard.found, heard.praise) == ((), "clear voice")


def test_clipping_is_found(tmp_path: Path, speech: np.ndarray) -> None:
    assert any("clipped" in what for what in said(tmp_path, np.clip(speech * 8, -1, 1)))


def test_quiet_speech_can_be_made_louder(tmp_path: Path, speech: np.ndarray) -> None:
    for level in (0.03, 0.003):
        found = said(tmp_path, speech * level).values()
        assert [f.fix for f in found if "quiet" in f.what] == [Fix.NORMALISE], level


def test_silence_around_the_speech_can_be_cut(tmp_path: Path, speech: np.ndarray) -> None:
    found = said(tmp_path, np.concatenate([np.zeros(2 * RATE), speech, np.zeros(3 * RATE)]))
    length = Fraction(len(speech), RATE) + 5
    (start,) = [f.part for what, f in found.items() if "2.0 s of silence at its start" in what]
    (end,) = [f.part for what, f in found.items() if "of silence at its end" in what]
    assert start is not None
    assert end is not None
    assert start[0] == pytest.approx(2, abs=0.1)
    assert start[1] == length
    assert end[0] == 0
    assert end[1] == pytest.approx(float(length - 3), abs=0.1)


def test_music_under_speech_is_heard(tmp_path: Path, speech: np.ndarray) -> None:
    pause = np.zeros(RATE // 2)
    thirds = np.array_split(speech, 3)
    words = np.concatenate([thirds[0], pause, thirds[1], pause, thirds[2]])
    assert not any("besides the voice" in what for what in said(tmp_path, words))
    time = np.arange(len(words)) / RATE
    chord = sum(np.sin(2 * np.pi * f * time) for f in (220, 277, 330)) / 3
    music = 0.35 * float(np.sqrt((words**2).mean())) * chord
    assert any("besides the voice" in what for what in said(tmp_path, words + music))


def test_a_hum_is_no_speech(tmp_path: Path) -> None:
    time = np.arange(3 * RATE) / RATE
    assert any("Hardly any speech" in what for what in said(tmp_path, 0.3 * np.sin(700 * time)))


def test_a_video_without_a_face_and_with_odd_pixels(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 1, rotation=90, sar=Fraction(4, 3), vfr=[1, 2, 1, 3] * 5)
    found = {f.what: f for f in examine_video(probe(path)).found}
    assert any(what.startswith("No face was found") for what in found)
    assert any("turned by 90" in what for what in found)
    assert any("not square" in what for what in found)
    (varying,) = [f for what, f in found.items() if "frame rate varies" in what]
    assert varying.fix is Fix.CONSTANT_RATE
    assert varying.severity is Severity.NOTE


@pytest.mark.parametrize(
    ("point", "said"),
    [(14, "edge cuts the mouth in 100%"), (18, "chin is outside the picture in 100%")],
    ids=["mouth", "chin"],
)
def test_a_face_that_the_edge_cuts_is_named(tmp_path: Path, point: int, said: str) -> None:
    rgb, points = still()
    cut = np.ascontiguousarray(rgb[: int(points[point, 1]) // 2 * 2 + 2])
    path = make_video(tmp_path / "a.mp4", 1, size=cut.shape[1::-1], pictures=[cut] * 25)
    found = [f.what for f in examine_video(probe(path)).found]
    assert [said in what for what in found].count(True) == 1


def test_a_mirrored_video_is_told_and_can_be_written_plainly(tmp_path: Path) -> None:
    path = make_video(tmp_path / "a.mp4", 1, mirrored=True, rotation=90, size=(320, 240))
    (told,) = [f for f in examine_video(probe(path)).found if "is stored" in f.what]
    assert told.what == "The picture is stored mirrored and turned by 90°."
    assert told.fix is Fix.PLAIN
    video = probe(plain(path, tmp_path / "b.mp4")).video
    assert video is not None
    assert (video.orientation, video.width, video.height) == (UPRIGHT, 320, 240)
    assert [read_index(frame) for frame in rgb_frames(tmp_path / "b.mp4")] == list(range(25))


def test_the_part_with_the_face_is_the_longest_that_shows_it() -> None:
    moments = [Fraction(n) for n in range(6)]
    assert longest([False, True, True, True, False, True], moments) == (1, 3)
    assert longest([True, False, True, True, True, True], moments) == (2, 5)
    assert longest([True, False] * 3, moments) == (0, 0)


@pytest.mark.media
def test_real_faces_are_counted(test_media: Path) -> None:
    with (test_media / "index.csv").open(encoding="utf-8", newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if r["kind"] == "talk"][:6]
    for row in rows:
        seen = faces(test_media / row["file"])
        assert seen.share == 1, row["file"]
        assert seen.most == 1, row["file"]
        assert seen.iod > 28, row["file"]


@pytest.mark.media
def test_clean_recordings_are_not_taken_for_music(test_media: Path) -> None:
    wrong = []
    for path in sorted((test_media / "audio").glob("*")):
        if "hum" in path.name or path.suffix not in (".wav", ".mp3", ".flac"):
            continue
        found = [f.what for f in examine_audio(probe(path)).found]
        wrong += [path.name for what in found if "besides the voice" in what]
    assert wrong == []


def told(path: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine_audio(probe(path)).found}


def only(findings: dict[str, Finding], words: str) -> Finding:
    (found,) = [finding for what, finding in findings.items() if words in what]
    return found


def test_times_that_leave_the_samples_are_told(tmp_path: Path, speech: np.ndarray) -> None:
    clip = make_video(tmp_path / "a.mp4", 4, audio=speech[: 4 * RATE], audio_rate=RATE)
    hole = told(retimed_sound(clip, tmp_path / "hole.mp4", lost=(1, 2)))
    assert only(hole, "has a hole of ").fix is None
    late = told(retimed_sound(clip, tmp_path / "late.mp4", later=Fraction(3, 4)))
    assert only(late, "s after the picture").severity is Severity.NOTE
    behind = make_video(tmp_path / "b.mp4", 4, audio=speech[: 4 * RATE], audio_rate=RATE, start=10)
    assert only(told(behind), "first 0.40 s of the sound come before").fix is Fix.ALONE
    assert not any("hole" in what or "picture" in what for what in told(clip))


def test_joined_recordings_are_told(tmp_path: Path, speech: np.ndarray) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(b"".join(wav_bytes(part, RATE) for part in np.array_split(speech, 3)))
    assert only(told(path), "is 3 recordings joined").fix is Fix.JOIN


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ((1, -1), "out of phase"),
        ((0, 1), "Only the right channel has sound"),
        ((0, 0, 1), "Only channel 3 has sound"),
        ((1, 0.9, 1), "has 3 channels"),
    ],
)
def test_where_the_voice_is_is_told(
    tmp_path: Path, speech: np.ndarray, weights: tuple[float, ...], words: str
) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(speech[:, None] * np.array(weights), RATE))
    assert only(told(path), words).fix is Fix.MONO


def test_the_places_of_named_channels(tmp_path: Path, speech: np.ndarray) -> None:
    centre = np.zeros((6, len(speech)))
    centre[2] = speech
    path = write_channels(tmp_path / "a.wav", centre, RATE, "5.1")
    only(told(path), "Only the centre channel has sound")
    wide = np.zeros((8, len(speech)))
    wide[2] = speech
    path = write_channels(tmp_path / "b.wav", wide, RATE, "7.1")
    only(told(path), "Only the centre channel has sound. It has 8, the output 6.")


def test_loud_floats_are_not_called_lost(tmp_path: Path, speech: np.ndarray) -> None:
    loud = speech * 4 / np.abs(speech).max()
    path = tmp_path / "a.wav"
    path.write_bytes(wav_bytes(loud, RATE, floats=True))
    found = told(path)
    assert only(found, "12 dB beyond full scale").fix is Fix.NORMALISE
    assert not any("clipped" in what for what in found)
    path.write_bytes(wav_bytes(np.clip(loud, -1, 1), RATE, floats=True))
    found = told(path)
    assert only(found, "is clipped").fix is None
    assert not any("beyond" in what for what in found)
