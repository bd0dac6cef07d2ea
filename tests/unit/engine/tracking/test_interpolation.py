from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from hashlib import blake2b

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.face.regions import Landmarks, Region
from lipsync_demo.engine.face.stored_points import USED
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.selection import MouthSelection
from lipsync_demo.engine.tracking import follower, interpolation
from lipsync_demo.engine.tracking.interpolation import (
    LONGEST_GAP,
    TRIPLES_NEEDED,
    TRIPLES_TRIED,
    Interpolator,
    Midpoint,
    Observation,
)
from lipsync_demo.engine.tracking.shots import follow
from lipsync_demo.engine.tracking.tracks import Shot
from lipsync_demo.engine.video.picture import Picture, from_frame
from tests.unit.engine.talking_portrait import measured, mouth, still

pytestmark = pytest.mark.slow

COUNT = 120
READY = 2 * TRIPLES_NEEDED + 4
"""Frames after which enough is known to guess."""
Floats = npt.NDArray[np.float32]


_read: dict[tuple[bytes, Region], Landmarks] = {}


class Remembering(FaceLandmarker):
    """The real one; what it reads of a picture is kept, as these tests show the same ones."""

    def read(self, crop: npt.NDArray[np.uint8], region: Region) -> Landmarks:
        key = (blake2b(crop.tobytes()).digest(), region)
        if key not in _read:
            _read[key] = super().read(crop, region)
        found = _read[key]
        return replace(found, points=found.points.copy())


class Looking(Remembering):
    """Counts how often the mesh looks."""

    looks = 0

    def read(self, crop: npt.NDArray[np.uint8], region: Region) -> Landmarks:
        self.looks += 1
        return super().read(crop, region)


class Blinking(Looking):
    """Sees no face at one of its looks."""

    def __init__(self, blind: int) -> None:
        super().__init__()
        self.blind = blind

    def read(self, crop: npt.NDArray[np.uint8], region: Region) -> Landmarks:
        found = super().read(crop, region)
        return replace(found, score=0.0) if self.looks == self.blind else found


@cache
def speech(count: int = COUNT) -> list[Picture]:
    """A portrait that moves a little and opens its mouth at random, as fast as speech does."""
    shown, points = still()
    renderer = MouthRenderer(build_library([(0, shown, points)]))
    openings = np.random.default_rng(3).uniform(0, 0.3, count // 4 + 2)
    pictures = []
    for n in range(count):
        opening = float(np.interp(n / 4, np.arange(len(openings)), openings))
        drawn = renderer.render(shown, points, mouth(opening), MouthSelection())
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


@cache
def sights() -> list[Observation]:
    landmarker, seen = Remembering(), []
    last = None
    for number, picture in enumerate(speech()):
        last = landmarker.track(picture.rgb(), last)
        assert last is not None
        seen.append(Observation.of(number, picture, last.points))
    return seen


def taught(known: Interpolator, frames: Sequence[Observation]) -> Interpolator:
    for before, seen, after in zip(frames, frames[1:], frames[2:], strict=False):
        known.learn(before, seen, after)
    return known


def changed(sight: Observation, by: float) -> Observation:
    """One that looks as different as said, of itself."""
    turned = np.roll(sight.descriptor, 1)
    turned -= (turned @ sight.descriptor) / (sight.descriptor @ sight.descriptor) * sight.descriptor
    turned *= np.float32(by * np.linalg.norm(sight.descriptor) / np.linalg.norm(turned))
    return replace(sight, descriptor=sight.descriptor + turned)


def test_the_mesh_looks_at_fewer_frames_and_the_mouth_is_the_same() -> None:
    (every, all_looks), (some, looks) = (followed(speech(), skip=skip) for skip in (False, True))
    assert every.track is not None
    assert some.track is not None
    assert all_looks == COUNT + 1  # a detected face is looked at twice
    assert (all_looks - looks) / (COUNT - TRIPLES_NEEDED) > 0.3
    assert (some.track.weight == 1).all()
    off = np.sqrt(np.square(every.track.measures - some.track.measures)[TRIPLES_NEEDED:].mean(0))
    assert off[0] < 0.012
    assert (off[1:] < [0.012, 0.02, 0.008, 0.012]).all()


def test_a_face_at_rest_is_looked_at_every_fourth_frame() -> None:
    still_for = 80
    _, looks = followed([*speech()[: TRIPLES_NEEDED + 10], *[speech()[0]] * still_for], skip=True)
    assert looks <= TRIPLES_NEEDED + 10 + still_for / LONGEST_GAP + 4


def test_what_was_learned_beats_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interpolation, "MAX_APPEARANCE_CHANGE", {2: 9.0})
    pictures, seen = speech(), sights()
    known = taught(Interpolator(), seen[: TRIPLES_NEEDED + 1])
    assert not known.ready
    known.learn(*seen[TRIPLES_NEEDED - 1 : TRIPLES_NEEDED + 2])
    assert known.ready
    middles, guesses = [], []
    for number in range(TRIPLES_NEEDED + 2, COUNT - 1):
        before, after = seen[number - 1], seen[number + 1]
        halfway = Midpoint.of(before, number, pictures[number], after)
        assert halfway is not None
        guess = known.interpolate(halfway)
        assert np.isfinite(guess[USED]).all()
        wanted = float(measured(seen[number].points)[0])
        middle = (before.points + after.points) / 2
        middles.append(float(measured(middle)[0]) - wanted)
        guesses.append(float(measured(guess)[0]) - wanted)
    assert np.std(guesses) < 0.7 * np.std(middles)


def test_a_face_that_moves_far_is_looked_at() -> None:
    [picture, *_] = speech()
    before = sights()[0]
    for shift, near in ((2, True), (60, False)):
        after = Observation.of(2, picture, before.points + np.float32(shift))
        assert (Midpoint.of(before, 1, picture, after) is not None) is near


@pytest.mark.parametrize("apart", interpolation.MAX_APPEARANCE_CHANGE)
def test_a_mouth_that_looks_different_is_looked_at(apart: int) -> None:
    [picture, *_] = speech()
    before = sights()[0]
    for share, alike in ((0.9, True), (1.2, False)):
        # Half of each change: the frame between is compared with the mean of the two.
        ends = [
            changed(before, share * interpolation.MAX_APPEARANCE_CHANGE[apart]) for _ in range(2)
        ]
        first, last = ends[0], replace(ends[1], number=apart)
        assert (Midpoint.of(first, apart // 2, picture, last) is not None) is alike


def test_what_is_known_is_taken_over_a_cut_when_it_fits() -> None:
    seen = sights()
    known = taught(Interpolator(), seen[: TRIPLES_NEEDED + 2])
    assert known.ready
    after = taught(Interpolator(known), seen[-TRIPLES_TRIED - 1 :])
    assert not after.ready
    after.learn(*seen[-TRIPLES_TRIED - 2 : -TRIPLES_TRIED + 1])
    assert after.ready
    wrong = taught(Interpolator(), seen[: TRIPLES_NEEDED + 2])
    wrong._rule *= -1
    assert not taught(Interpolator(wrong), seen[-TRIPLES_TRIED - 2 :]).ready
    assert not taught(Interpolator(Interpolator()), seen[-TRIPLES_TRIED - 2 :]).ready


@pytest.mark.parametrize("most_waiting", [follower.MAX_WAITING, 12])
def test_a_shot_too_short_to_learn_from_is_looked_at_whole(
    monkeypatch: pytest.MonkeyPatch, most_waiting: int
) -> None:
    monkeypatch.setattr(follower, "MAX_WAITING", most_waiting)
    shown = speech()[: 2 * TRIPLES_NEEDED]
    (every, all_looks), (some, looks) = (followed(shown, skip=skip) for skip in (False, True))
    assert looks == all_looks
    assert every.track is not None
    assert some.track is not None
    assert np.abs(every.track.measures - some.track.measures)[:, 0].max() < 0.02


def test_a_second_shot_of_a_face_needs_fewer_looks() -> None:
    shown, short = speech()[: 2 * TRIPLES_NEEDED + 10], speech()[: TRIPLES_NEEDED + 20]
    dark = [from_frame(_darker(picture)) for picture in short]
    looks = []
    for pictures in ([*shown, *dark], shown, dark):
        landmarker = Looking()
        follow(pictures, landmarker, skip=True)
        looks.append(landmarker.looks)
    both, first, second = looks
    assert second > len(dark)
    assert both - first < 0.6 * len(dark)


def test_what_is_known_outlives_a_shot_too_short_to_learn_from() -> None:
    shown, short = speech()[: 2 * TRIPLES_NEEDED + 10], speech()[: TRIPLES_NEEDED + 20]
    dark = [from_frame(_darker(picture)) for picture in short]
    landmarker, looks = Looking(), []
    for pictures in ([*shown, *dark[:6]], [*shown, *dark[:6], *short]):
        landmarker.looks = 0
        shots = follow(pictures, landmarker, skip=True)
        looks.append(landmarker.looks)
    assert len(shots) == 3
    assert looks[1] - looks[0] < 0.6 * len(short)


COUNTS = [*range(1, 7), TRIPLES_NEEDED, TRIPLES_NEEDED + 1, *range(READY, READY + 6)]


@pytest.mark.parametrize("count", COUNTS)
def test_no_frame_is_left_out_at_the_end_or_before_a_cut(count: int) -> None:
    shown = speech()[:count]
    shot, _ = followed(shown, skip=True)
    assert shot.track is not None
    assert (shot.track.weight == 1).all()
    assert len(shot.track.mouths) == (count if count < 5 else count - 4)
    dark = [from_frame(_darker(picture)) for picture in speech()[:8]]
    first, second = follow([*shown, *dark], Remembering(), skip=True)
    assert (first.end, second.end) == (len(shown), len(shown) + 8)
    assert first.track is not None
    assert np.array_equal(first.track.few, shot.track.few)


@pytest.mark.parametrize("most", [interpolation.MAX_APPEARANCE_CHANGE, {2: 0.0, 4: 0.0}])
def test_one_look_that_fails_costs_one_frame_at_most(
    monkeypatch: pytest.MonkeyPatch, most: dict[int, float]
) -> None:
    """A face that seems to be gone is looked for step by step, and then by the detector."""
    monkeypatch.setattr(interpolation, "MAX_APPEARANCE_CHANGE", most)
    missing = set()
    for blind in range(TRIPLES_NEEDED + 6, TRIPLES_NEEDED + 10):
        landmarker = Blinking(blind)
        [shot] = follow(speech()[: READY + 32], landmarker, skip=True)
        assert landmarker.looks > blind
        assert shot.track is not None
        missing.add(int((shot.track.weight == 0).sum()))
    assert missing == {0, 1}


def test_a_face_that_vanishes_while_a_frame_waits() -> None:
    grey = from_frame(av.VideoFrame.from_ndarray(np.full((500, 500, 3), 128, np.uint8), "rgb24"))
    for seen in (TRIPLES_NEEDED, TRIPLES_NEEDED + 1, *range(READY, READY + LONGEST_GAP + 1)):
        shown = [*speech()[:seen], *[grey] * 3]
        followed_by = follow(shown, Remembering(), skip=True)
        weight = np.concatenate([s.track.weight for s in followed_by if s.track is not None])
        assert (weight > 0).sum() == seen


def _darker(picture: Picture) -> av.VideoFrame:
    rgb = (picture.rgb() * 0.3).astype(np.uint8)[:, ::-1]
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(rgb), "rgb24").reformat(format="yuv420p")
