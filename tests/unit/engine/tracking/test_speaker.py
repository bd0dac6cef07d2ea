from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from lipsync_demo.engine.pipeline import lip_sync
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.engine.tracking.speaker import Candidate, agreement, chooser
from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import from_frame
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.sound import StoredSound
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import FrameTimes
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import FaceChoice

FRAMES = 100
TIMES = FrameTimes(tuple(range(7, FRAMES + 7)), 1, Fraction(1, 25), Fraction(25), False)
SAID = np.random.default_rng(3).standard_normal(2 * FRAMES).astype(np.float32)
SAID = np.convolve(SAID, np.ones(8) / 8, "same").astype(np.float32)


def shapes(speech: float = 1.0) -> SpeechShapes:
    measures = np.zeros((2 * FRAMES, 5), np.float32)
    measures[:, 0] = SAID
    full = np.full(2 * FRAMES, speech, np.float32)
    return SpeechShapes(measures, np.zeros((2 * FRAMES, 8), np.float32), full * 0, full)


def face(openings: np.ndarray, size: float, middle: float) -> Candidate:
    return Candidate(np.arange(FRAMES), openings.astype(np.float32), size, middle)


def says(lag: int = 0) -> np.ndarray:
    return np.roll(SAID, -lag)[::2] * 0.05 + 0.1


STILL = np.full(FRAMES, 0.1)
CHEWS = np.sin(np.arange(FRAMES)) * 0.05 + 0.1
LARGE, SPEAKS = face(CHEWS, 900, 500), face(says(), 400, 90)


@pytest.mark.parametrize(
    ("wanted", "number"), [("speaking", 1), ("largest", 0), ("left", 1), ("right", 0)]
)
def test_a_face_is_chosen_as_wanted(wanted: FaceChoice, number: int) -> None:
    assert chooser(wanted, TIMES, shapes)([LARGE, SPEAKS]) == number


def test_the_sound_may_be_a_little_apart_and_a_face_come_late() -> None:
    late = Candidate(np.arange(40, FRAMES), says(8)[40:].astype(np.float32), 1, 0)
    assert agreement(late, TIMES, shapes()) > 0.8
    assert chooser("speaking", TIMES, shapes)([LARGE, late]) == 1


@pytest.mark.parametrize(
    ("small", "large"), [(says(), says()), (CHEWS, STILL)], ids=["both speak", "nobody speaks"]
)
def test_when_it_is_unclear_the_largest_speaks(small: np.ndarray, large: np.ndarray) -> None:
    faces = [face(small, 400, 90), face(large, 900, 500)]
    assert chooser("speaking", TIMES, shapes)(faces) == 1


def test_without_speech_or_sound_the_largest_speaks() -> None:
    assert chooser("speaking", TIMES, lambda: shapes(speech=0.1))([SPEAKS, LARGE]) == 1
    assert chooser("speaking", TIMES, lambda: None)([SPEAKS, LARGE]) == 1


def beside(path: Path, left: Path, right: Path, sound: Path, kept: Path) -> Path:
    """Two clips of the same size beside each other, the right one smaller, with `sound`."""
    with FrameReader(left) as one, FrameReader(right) as other, kept.open("w+b") as file:
        pictures = zip(one.pictures(range(70)), other.pictures(range(70)), strict=True)
        heard = StoredSound.of(decode(sound), file)
        size, base = (2 * one.size[0], one.size[1]), Fraction(1, 25)
        with VideoWriter(path, size, base, Fraction(25), Colours(), sound=heard) as writer:
            for number, (a, b) in enumerate(pictures):
                shown = np.full((size[1], size[0], 3), 90, np.uint8)
                shown[:, : one.size[0]] = a.rgb()
                small = cv2.resize(b.rgb(), None, fx=0.8, fy=0.8, interpolation=cv2.INTER_AREA)
                shown[-small.shape[0] :, -small.shape[1] :] = small
                frame = av.VideoFrame.from_ndarray(shown, "rgb24").reformat(format="yuv420p")
                writer.write(from_frame(frame), number, 1)
    return path


@pytest.mark.media
@pytest.mark.parametrize("speaks", ["left", "right"])
def test_of_two_people_the_one_who_is_heard_speaks(
    test_media: Path, tmp_path: Path, speaks: str
) -> None:
    people = {
        "left": test_media / "talk" / "grid_man_darkhair.mpg",
        "right": test_media / "talk" / "grid_woman_longhair.mpg",
    }
    video = beside(
        tmp_path / "two.mp4", people["left"], people["right"], people[speaks], tmp_path / "s"
    )
    output = tmp_path / "out.mp4"
    report = lip_sync(video, test_media / "audio" / "en_jfk_11s.flac", SyncMode.CUT_OFF, output)
    assert report.faces == 2
    with FrameReader(video) as before, FrameReader(output) as after:
        both = zip(before.pictures(range(70)), after.pictures(range(70)), strict=True)
        moved = sum(np.abs(a.y.astype(int) - b.y).astype(float) for a, b in both)
    half = moved.shape[1] // 2
    changed = {"left": moved[:, :half].max(), "right": moved[:, half:].max()}
    silent = next(side for side in people if side != speaks)
    assert changed[speaks] > 2.5 * changed[silent], changed
