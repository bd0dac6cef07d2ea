from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import partialmethod
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext

from lipsync_demo.engine.cache import AnalysisCache
from lipsync_demo.engine.errors import NoFaceThere
from lipsync_demo.engine.pipeline import lip_sync
from lipsync_demo.engine.speech.model import SpeechShapes
from lipsync_demo.engine.tracking.choosing import choose_faces
from lipsync_demo.engine.tracking.speaker import Candidate, agreement, chooser, point_frame
from lipsync_demo.engine.tracking.tracks import FollowedShot, TrackedFace
from lipsync_demo.engine.video import gop
from lipsync_demo.engine.video.colours import Colours
from lipsync_demo.engine.video.picture import from_frame
from lipsync_demo.engine.video.reader import FrameReader
from lipsync_demo.engine.video.sound import StoredSound
from lipsync_demo.engine.video.writer import VideoWriter
from lipsync_demo.media.audio import decode
from lipsync_demo.media.container.frame_times import FrameTimes
from lipsync_demo.media.sync_modes import SyncMode

FRAMES = 100
TIMES = FrameTimes(tuple(range(7, FRAMES + 7)), 1, Fraction(1, 25), Fraction(25), False)
SAID = np.random.default_rng(3).standard_normal(2 * FRAMES).astype(np.float32)
SAID = np.convolve(SAID, np.ones(8) / 8, "same").astype(np.float32)


def shapes(speech: float = 1.0) -> SpeechShapes:
    measures = np.zeros((2 * FRAMES, 5), np.float32)
    measures[:, 0] = SAID
    full = np.full(2 * FRAMES, speech, np.float32)
    return SpeechShapes(measures, np.zeros((2 * FRAMES, 8), np.float32), full * 0, full)


SIZE = (600, 400)


def face(openings: np.ndarray, width: float, *path: float) -> Candidate:
    """A face whose middle moves from one x to the next, in the middle of the height."""
    across = np.interp(np.linspace(0, 1, FRAMES), np.linspace(0, 1, len(path)), path)
    edges = np.stack([across - width / 2, across + width / 2])
    down = np.full(FRAMES, SIZE[1] / 2)
    boxes = np.stack([edges[0], down - width / 2, edges[1], down + width / 2], 1)
    return Candidate(np.arange(FRAMES), openings.astype(np.float32), boxes.astype(np.float32))


def choose(wanted: str, faces: list[Candidate], said: SpeechShapes | None) -> int:
    return chooser(wanted, TIMES, SIZE, lambda: said)(faces)


def says(lag: int = 0) -> np.ndarray:
    return np.roll(SAID, -lag)[::2] * 0.05 + 0.1


STILL = np.full(FRAMES, 0.1)
CHEWS = np.sin(np.arange(FRAMES)) * 0.05 + 0.1
LARGE, SPEAKS = face(CHEWS, 90, 500), face(says(), 40, 90)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        *[("speaking", 1), ("largest", 0), ("left", 1), ("right", 0)],
        *[("0.15,0.5", 1), ("0.8,0.6", 0), ("0,0", 1)],
    ],
)
def test_a_face_is_chosen_as_wanted(wanted: str, number: int) -> None:
    assert choose(wanted, [LARGE, SPEAKS], shapes()) == number


def test_a_point_is_about_one_moment_of_people_who_pass_each_other() -> None:
    assert point_frame(TIMES) == 49
    there, back = face(STILL, 50, 100, 200, 500), face(STILL, 50, 500, 400, 100)
    for number, passing in enumerate((there, back)):
        x, _ = passing.middles[49] / SIZE
        assert choose(f"{x:.3f},0.5", [there, back], None) == number
    gone = Candidate(there.numbers[:10], there.openings[:10], there.boxes[:10])
    assert choose("0.2,0.5", [back, gone], None) == 1, "its last place counts"


def test_the_moment_is_in_what_is_always_looked_at() -> None:
    long = replace(TIMES, pts=tuple(range(5000)))
    assert point_frame(long) == 124
    assert point_frame(replace(TIMES, pts=(7,))) == 0


def test_no_face_at_a_point_is_said_with_those_that_are_there() -> None:
    reader: Any = SimpleNamespace(times=TIMES, size=SIZE)
    faces = tuple(TrackedFace(one, None) for one in (LARGE, SPEAKS))
    empty = FollowedShot(60, FRAMES, (), 0)
    shots = [FollowedShot(0, 60, faces, 2), empty]
    assert choose_faces(shots, "0.16,0.45", reader, "two.mp4", lambda: None) == [1, 0]
    with pytest.raises(NoFaceThere) as refused:
        choose_faces(shots, "0.5,0.05", reader, "two.mp4", lambda: None)
    assert refused.value.what == "two.mp4 shows no face at 0.5,0.05, 2.0 s after its start."
    assert "0.833,0.5 and 0.15,0.5" in refused.value.hint
    with pytest.raises(NoFaceThere, match="Faces there: –"):
        choose_faces([replace(empty, start=0, end=60)], "0.2,0.5", reader, "two.mp4", lambda: None)


def test_the_sound_may_be_a_little_apart_and_a_face_come_late() -> None:
    late = replace(face(says(8), 1, 0), numbers=np.arange(40, FRAMES))
    late = replace(late, openings=late.openings[40:], boxes=late.boxes[40:])
    assert agreement(late, TIMES, shapes()) > 0.8
    assert choose("speaking", [LARGE, late], shapes()) == 1


@pytest.mark.parametrize(
    ("small", "large"), [(says(), says()), (CHEWS, STILL)], ids=["both speak", "nobody speaks"]
)
def test_when_it_is_unclear_the_largest_speaks(small: np.ndarray, large: np.ndarray) -> None:
    faces = [face(small, 40, 90), face(large, 90, 500)]
    assert choose("speaking", faces, shapes()) == 1


def test_without_speech_or_sound_the_largest_speaks() -> None:
    assert choose("speaking", [SPEAKS, LARGE], shapes(speech=0.1)) == 1
    assert choose("speaking", [SPEAKS, LARGE], None) == 1


def one_thread(
    encoding: gop.Encoding, context: Callable[[gop.Encoding], VideoCodecContext]
) -> VideoCodecContext:
    return context(replace(encoding, threads=1))


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
    changed = moved(video, output)
    silent = next(side for side in people if side != speaks)
    assert changed[speaks] > 2.5 * changed[silent], changed


def moved(video: Path, output: Path) -> dict[str, float]:
    """How much the most changed pixel of each half of the picture changed in 70 frames."""
    with FrameReader(video) as before, FrameReader(output) as after:
        both = zip(before.pictures(range(70)), after.pictures(range(70)), strict=True)
        change = sum(np.abs(a.y.astype(int) - b.y).astype(float) for a, b in both)
    half = change.shape[1] // 2
    return {"left": change[:, :half].max(), "right": change[:, half:].max()}


@pytest.mark.media
def test_the_chosen_face_speaks_and_the_video_is_looked_at_once(
    test_media: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # With two threads x264 itself codes a few pictures of these clips in one of several ways.
    monkeypatch.setattr(gop.Encoding, "context", partialmethod(one_thread, gop.Encoding.context))
    man = test_media / "talk" / "grid_man_darkhair.mpg"
    woman = test_media / "talk" / "grid_woman_longhair.mpg"
    video = beside(tmp_path / "two.mp4", man, woman, woman, tmp_path / "s")
    speech, kept = test_media / "audio" / "en_jfk_11s.flac", AnalysisCache(tmp_path / "kept")
    outputs, reused = {}, {}
    for wanted in ("left", "right", "0.25,0.55", "0.8,0.65", "speaking"):
        outputs[wanted] = tmp_path / f"{wanted}.mp4"
        said = lip_sync(video, speech, SyncMode.CUT_OFF, outputs[wanted], cache=kept, face=wanted)
        reused[wanted] = (said.reused_analysis, said.reused_frames == said.frames)
    assert reused == {
        "left": (False, False),
        "right": (True, False),
        "0.25,0.55": (True, True),
        "0.8,0.65": (True, True),
        "speaking": (True, True),
    }
    for wanted, side in (("left", "left"), ("right", "right"), ("speaking", "right")):
        changed = moved(video, outputs[wanted])
        other = "left" if side == "right" else "right"
        assert changed[side] > 2.5 * changed[other], (wanted, changed)
    left, right = outputs["left"].read_bytes(), outputs["right"].read_bytes()
    assert outputs["0.25,0.55"].read_bytes() == left
    assert outputs["0.8,0.65"].read_bytes() == right
    fresh = tmp_path / "fresh.mp4"
    lip_sync(video, speech, SyncMode.CUT_OFF, fresh, face="left")
    assert fresh.read_bytes() == left
    with pytest.raises(NoFaceThere, match=r"two\.mp4 shows no face at 0\.5,0\.02"):
        lip_sync(video, speech, SyncMode.CUT_OFF, fresh, cache=kept, face="0.5,0.02")
