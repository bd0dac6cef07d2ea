from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.engine.between import ENOUGH, Between, Sight
from lipsync_demo.engine.choose import Donor
from lipsync_demo.engine.face import FaceLandmarker, Landmarks, Region
from lipsync_demo.engine.library import MouthLibrary
from lipsync_demo.engine.picture import Picture, from_frame
from lipsync_demo.engine.points import USED
from lipsync_demo.engine.render import MouthRenderer
from lipsync_demo.engine.tracks import Shot, follow
from tests.unit.engine.talking import measured, mouth, still

COUNT = 120
Floats = npt.NDArray[np.float32]


class Looking(FaceLandmarker):
    """Counts how often the mesh looks."""

    looks = 0

    def read(self, crop: npt.NDArray[np.uint8], region: Region) -> Landmarks:
        self.looks += 1
        return super().read(crop, region)


@cache
def speech(count: int = COUNT) -> list[Picture]:
    """A portrait that moves a little and opens its mouth at random, as fast as speech does."""
    shown, points = still()
    renderer = MouthRenderer(MouthLibrary.build([(0, shown, points)]))
    openings = np.random.default_rng(3).uniform(0, 0.3, count // 4 + 2)
    pictures = []
    for n in range(count):
        opening = float(np.interp(n / 4, np.arange(len(openings)), openings))
        drawn = renderer.render(shown, points, mouth(opening), Donor())
        move = np.array([[1, 0, 3 * np.sin(n / 9)], [0, 1, 2 * np.cos(n / 7)]], np.float32)
        moved = cv2.warpAffine(drawn, move, drawn.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
        frame = av.VideoFrame.from_ndarray(np.asarray(moved, np.uint8), "rgb24")
        pictures.append(from_frame(frame.reformat(format="yuv420p")))
    return pictures


def followed(pictures: Sequence[Picture], *, skip: bool) -> tuple[Shot, int]:
    landmarker = Looking()
    [shot] = follow(pictures, landmarker, skip=skip)
    assert shot.track is not None
    return shot, landmarker.looks


def test_the_mesh_looks_at_fewer_frames_and_the_mouth_is_the_same() -> None:
    (every, all_looks), (some, looks) = (followed(speech(), skip=skip) for skip in (False, True))
    assert every.track is not None
    assert some.track is not None
    assert all_looks - looks == (COUNT - ENOUGH - 2) // 2
    assert (some.track.weight == 1).all()
    off = np.sqrt(np.square(every.track.measures - some.track.measures)[ENOUGH:].mean(0))
    assert off[0] < 0.012
    assert (off[1:] < [0.012, 0.02, 0.008, 0.012]).all()


def test_what_was_learned_beats_the_middle() -> None:
    pictures, landmarker = speech(), FaceLandmarker()
    last = landmarker.track(pictures[0].rgb())
    sights = []
    for number, picture in enumerate(pictures):
        last = landmarker.track(picture.rgb(), last)
        assert last is not None
        sights.append(Sight.of(number, picture, last.points))
    known = Between()
    middles, guesses = [], []
    for number in range(1, COUNT - 1):
        before, seen, after = sights[number - 1 : number + 2]
        if number <= ENOUGH:
            assert not known.ready
            known.learn(before, seen, after)
            continue
        assert known.ready
        guess = known.guess(before, pictures[number], after)
        assert guess is not None
        assert np.isfinite(guess[USED]).all()
        wanted = float(measured(seen.points)[0])
        middle = (before.points + after.points) / 2
        middles.append(float(measured(middle)[0]) - wanted)
        guesses.append(float(measured(guess)[0]) - wanted)
    assert np.std(guesses) < 0.7 * np.std(middles)


def test_a_face_that_moves_far_is_looked_at() -> None:
    [picture, *_] = speech()
    face = FaceLandmarker().track(picture.rgb())
    assert face is not None
    before = Sight.of(0, picture, face.points)
    for shift, near in ((2, True), (60, False)):
        after = Sight.of(2, picture, face.points + np.float32(shift))
        assert (Between().guess(before, picture, after) is not None) is near


@pytest.mark.parametrize("left", [1, 2, 3, 4])
def test_no_frame_is_left_out_at_the_end_or_before_a_cut(left: int) -> None:
    shown = speech()[: ENOUGH + 2 + left]
    shot, _ = followed(shown, skip=True)
    assert shot.track is not None
    assert (shot.track.weight == 1).all()
    assert len(shot.track.mouths) == len(shown) - 4
    dark = [from_frame(_darker(picture)) for picture in shown[:8]]
    first, second = follow([*shown, *dark], FaceLandmarker(), skip=True)
    assert (first.end, second.end) == (len(shown), len(shown) + 8)
    assert first.track is not None
    assert np.array_equal(first.track.few, shot.track.few)


def test_a_face_that_vanishes_while_a_frame_waits() -> None:
    grey = from_frame(av.VideoFrame.from_ndarray(np.full((500, 500, 3), 128, np.uint8), "rgb24"))
    for seen in (ENOUGH + 3, ENOUGH + 4):
        shown = [*speech()[:seen], *[grey] * 3]
        followed_by = follow(shown, FaceLandmarker(), skip=True)
        weight = np.concatenate([s.track.weight for s in followed_by if s.track is not None])
        assert (weight > 0).sum() == seen


def _darker(picture: Picture) -> av.VideoFrame:
    rgb = (picture.rgb() * 0.3).astype(np.uint8)[:, ::-1]
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24").reformat(format="yuv420p")
