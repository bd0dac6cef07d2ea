"""The face that is to speak, followed through a video: one track for each shot.

A video is cut into shots, because nothing may be tracked or warped across a cut. Inside a
shot up to three faces are followed; the one that is large for the longest time is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.face import (
    MIN_PRESENCE,
    POINTS,
    FaceLandmarker,
    Landmarks,
    Region,
    landmark_region,
)
from lipsync_demo.engine.mouth import SMOOTHING_TAPS, Pose, fit_pose, measures, smooth
from lipsync_demo.engine.picture import Picture

Floats = NDArray[np.float32]

MOST_FACES = 3
SEARCH_EVERY = 12
"""Frames between two searches for faces while none, or not all, are followed."""
SMALLER_FACES = 0.6
"""A second face is followed when it is at least this wide beside the widest."""
DETECTION_SIDE = 256
MESH_DETAIL = 512
"""A face region wider than this is read at half resolution or less."""

WIDEST_YAW = np.radians(50)
SMALLEST_IOD = 14.0
"""Below this many pixels between the eyes a mouth is too small to draw."""
FADE_FRAMES = 4

CUT = 8.0
JUMP_CUT, JUMP_CUT_RATIO = 2.5, 4.0
_THUMB = (32, 18)


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """A face through the frames of a shot, smoothed over time.

    `points` (n, 478, 3) in pixels, zeros where the face is missing; `weight` (n,) tells how
    far the frame may be changed: 0 no usable face, 1 fully, between them the fade.
    """

    points: Floats
    weight: Floats

    @cached_property
    def usable(self) -> NDArray[np.bool_]:
        return self.weight > 0

    @cached_property
    def pose(self) -> Pose:
        return fit_pose(self.points)

    @cached_property
    def measures(self) -> Floats:
        """(n, 5), meaningless where the face is missing."""
        return measures(self.points, self.pose)


@dataclass(frozen=True, eq=False)
class Shot:
    """Frames `start` to `end` (exclusive) without a cut; `track` is None without a face."""

    start: int
    end: int
    track: FaceTrack | None


def follow(
    pictures: Iterable[Picture],
    landmarker: FaceLandmarker,
    on_frame: Callable[[int], None] | None = None,
) -> list[Shot]:
    """The shots of a video, from all its pictures in order.

    `on_frame` is called with the number of frames seen so far.
    """
    shots: list[Shot] = []
    cuts = _Cuts()
    search = _Search(landmarker)
    start = number = 0
    for number, picture in enumerate(pictures, 1):
        if cuts.between(picture):
            shots.append(Shot(start, number - 1, search.best()))
            start, search = number - 1, _Search(landmarker)
        search.see(picture)
        if on_frame is not None:
            on_frame(number)
    if number > start:
        shots.append(Shot(start, number, search.best()))
    return shots


def look(picture: Picture, region: Region, landmarker: FaceLandmarker) -> Landmarks:
    """The mesh's points in a region of a picture, converting only that region."""
    shrink = 1
    while region.side / shrink > MESH_DETAIL:
        shrink *= 2
    reach = region.side * 0.72  # half a diagonal, and a little
    box = picture.box(region.x - reach, region.y - reach, region.x + reach, region.y + reach)
    inside = Region(
        (region.x - box.left + 0.5) / shrink - 0.5,
        (region.y - box.top + 0.5) / shrink - 0.5,
        region.side / shrink,
        region.angle,
    )
    found = landmarker.landmarks(picture.rgb(box, shrink=shrink), inside)
    return Landmarks(_enlarged(found.points, shrink, box.left, box.top), found.score)


def faces(picture: Picture, landmarker: FaceLandmarker) -> list[Landmarks]:
    """Every face of a picture, largest first; small ones by tiles when there is no other."""
    shrink = max(1, max(picture.width, picture.height) // DETECTION_SIDE)
    small = landmarker.detect(picture.rgb(shrink=shrink), tiles=False)
    if not small:
        return list(landmarker.faces(picture.rgb()))
    found = []
    for first in landmarker.meshes(picture.rgb(shrink=shrink), small):
        points = _enlarged(first.points, shrink, 0, 0)
        second = look(picture, landmark_region(points), landmarker)
        if second.score >= MIN_PRESENCE:
            found.append(second)
    return found


def _enlarged(points: Floats, shrink: int, left: float, top: float) -> Floats:
    out = points * shrink
    out[:, 0] += left + (shrink - 1) / 2
    out[:, 1] += top + (shrink - 1) / 2
    return np.asarray(out, np.float32)


@dataclass(eq=False)
class _Follower:
    """One face and its points by frame of the shot."""

    last: Landmarks
    found: dict[int, Floats] = field(default_factory=dict)
    lost: bool = False

    @property
    def size(self) -> float:
        """Widths summed over frames: large and long wins."""
        return sum(float(np.ptp(points[:, 0])) for points in self.found.values())


class _Search:
    """Follows the faces of one shot."""

    def __init__(self, landmarker: FaceLandmarker) -> None:
        self._landmarker = landmarker
        self._followers: list[_Follower] = []
        self._seen = 0

    def see(self, picture: Picture) -> None:
        number = self._seen
        self._seen += 1
        live = [follower for follower in self._followers if not follower.lost]
        for follower in live:
            found = look(picture, landmark_region(follower.last.points), self._landmarker)
            if found.score < MIN_PRESENCE:
                follower.lost = True
            else:
                follower.last = found
                follower.found[number] = found.points
        lost = any(follower.lost for follower in live)
        if lost or number % SEARCH_EVERY == 0:
            self._find(picture, number)

    def _find(self, picture: Picture, number: int) -> None:
        for face in faces(picture, self._landmarker):
            same = next((f for f in self._followers if _same(f.last, face)), None)
            if same is not None:
                if same.lost:
                    same.lost = False
                    same.last = face
                    same.found[number] = face.points
                continue
            live = [f for f in self._followers if not f.lost]
            widest = max((float(f.last.box[2]) for f in live), default=0.0)
            if len(live) < MOST_FACES and float(face.box[2]) >= SMALLER_FACES * widest:
                self._followers.append(_Follower(face, {number: face.points}))

    def best(self) -> FaceTrack | None:
        if not self._followers:
            return None
        follower = max(self._followers, key=lambda f: f.size)
        points = np.zeros((self._seen, POINTS, 3), np.float32)
        present = np.zeros(self._seen, bool)
        for number, found in follower.found.items():
            points[number] = found
            present[number] = True
        for begin, end in runs(present):
            points[begin:end] = smooth(points[begin:end])
        weight = fade(_usable(points, present))
        return FaceTrack(points, weight) if weight.any() else None


def _usable(points: Floats, present: NDArray[np.bool_]) -> NDArray[np.bool_]:
    usable = present.copy()
    if present.any():
        pose = fit_pose(points[present])
        usable[present] = (np.abs(pose.yaw) < WIDEST_YAW) & (pose.scale > SMALLEST_IOD)
    for begin, end in runs(usable):
        if end - begin < SMOOTHING_TAPS and end - begin < len(usable):
            usable[begin:end] = False
    return usable


def fade(usable: NDArray[np.bool_]) -> Floats:
    """1 inside runs of usable frames, rising and falling where they end inside the shot."""
    weight = np.zeros(len(usable), np.float32)
    for begin, end in runs(usable):
        steps = np.arange(1, end - begin + 1)
        rise = steps / (FADE_FRAMES + 1) if begin else np.ones(end - begin)
        fall = steps[::-1] / (FADE_FRAMES + 1) if end < len(usable) else np.ones(end - begin)
        weight[begin:end] = np.minimum(1, np.minimum(rise, fall))
    return weight


def runs(mask: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _same(a: Landmarks, b: Landmarks) -> bool:
    """Whether two finds are one face: the nearer centre lies within half a width."""
    first, second = a.box, b.box
    distance = np.hypot(*(first[:2] + first[2:] / 2 - second[:2] - second[2:] / 2))
    return bool(distance < 0.5 * max(float(first[2]), float(second[2])))


class _Cuts:
    """Tells a cut by the mean change of a thumbnail, in codes of 0 to 255.

    Talking people change by 0.05 to 0.7 a frame and at most by 4 when they move fast;
    takes of one person in one place joined together by 3 and more, at once.
    """

    def __init__(self) -> None:
        self._last: Floats | None = None
        self._changes = [0.0, 0.0, 0.0]

    def between(self, picture: Picture) -> bool:
        """Whether a cut lies between the picture before and this one."""
        thumb = np.concatenate(
            [
                cv2.resize(plane, _THUMB, interpolation=cv2.INTER_AREA).astype(np.float32).ravel()
                for plane in (picture.y, picture.u, picture.v)
            ]
        )
        if self._last is None:
            self._last = thumb
            return False
        change = float(np.abs(thumb - self._last).mean())
        self._last = thumb
        usual = max(self._changes)
        self._changes = [*self._changes[1:], change]
        return change > CUT or change > max(JUMP_CUT, JUMP_CUT_RATIO * usual)
