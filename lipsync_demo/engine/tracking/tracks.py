"""The track of a face through one shot: smoothed landmarks, and how far each frame may change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.geometry import (
    SMOOTHING_TAPS,
    Pose,
    fit_pose,
    measures,
    smooth,
)
from lipsync_demo.engine.face.picture_edge import in_sight, room
from lipsync_demo.engine.face.stored_points import USED, whole
from lipsync_demo.engine.mouths.builder import LibraryBuilder
from lipsync_demo.engine.tracking.follower import Follower, drawable
from lipsync_demo.engine.tracking.overlay import Overlay
from lipsync_demo.engine.tracking.point_buffer import in_parts
from lipsync_demo.engine.tracking.speaker import Candidate, Choose

FADE_FRAMES = 4
"""Frames over which a mouth fades in or out."""


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """A face through the n frames of a shot.

    `few` (n, len(USED), 3) are its smoothed landmarks in pixels, those of the nearest frame where
    the face is missing; `weight` (n,) is 0 without a usable face, 1 with one, in between while it
    fades; `lights` (n, 2) as in `light.py`. `mouths` holds the frames that show the face; `size`
    (width, height) is the picture's, `overlay` covers the face.
    """

    few: Floats
    weight: Floats
    lights: Floats
    mouths: LibraryBuilder
    size: tuple[int, int]
    overlay: Overlay

    @property
    def points(self) -> Floats:
        """The landmarks (n, 478, 3), NaN if unused; 6 kB a frame."""
        return whole(self.few)

    def at(self, number: int) -> Floats:
        """Return the landmarks (478, 3) of one frame."""
        return whole(self.few[number])

    @cached_property
    def usable(self) -> Flags:
        """Whether (n,) a frame shows a usable face."""
        return self.weight > 0

    @cached_property
    def pose(self) -> Pose:
        """Head poses of the n frames."""
        return _pose(self.few)

    @cached_property
    def rooms(self) -> Floats:
        """Distances to the picture's edges (n, 4), IOD, as in `picture_edge.py`."""
        parts = [room(points, fit_pose(points).scale, self.size) for points in in_parts(self.few)]
        return np.concatenate(parts)

    @cached_property
    def measures(self) -> Floats:
        """Measures (n, 5) in the order of `geometry.MEASURES`."""
        parts = [measures(points, fit_pose(points)) for points in in_parts(self.few)]
        return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Shot:
    """Frames `start` to `end` (exclusive) without a cut, with half of a dissolve at either end.

    `track` is None without a usable face; `faces` is the number of faces tracked.
    """

    start: int
    end: int
    track: FaceTrack | None
    faces: int


@dataclass(frozen=True, eq=False)
class TrackedFace:
    """One of the faces of a shot; `track` is None if it is usable in no frame."""

    candidate: Candidate
    track: FaceTrack | None


@dataclass(frozen=True, eq=False)
class FollowedShot:
    """A shot before one of its faces is chosen: `start` and `end` as in `Shot`, `tracked` faces.

    `faces` is the number of faces found; one of too few frames is not among the tracked.
    """

    start: int
    end: int
    tracked: tuple[TrackedFace, ...]
    faces: int

    @property
    def candidates(self) -> list[Candidate]:
        """The tracked faces as `Choose` takes them."""
        return [face.candidate for face in self.tracked]

    def number(self, choose: Choose) -> int:
        """The index of the chosen face, 0 where there is no choice."""
        return choose(self.candidates) if len(self.tracked) > 1 else 0

    def of(self, number: int) -> Shot:
        """The shot with the track of one of its faces, if there is any."""
        track = self.tracked[number].track if self.tracked else None
        return Shot(self.start, self.end, track, self.faces)


def track_of(follower: Follower, count: int, size: tuple[int, int]) -> FaceTrack | None:
    """Return the track of a face through the `count` frames of a shot; None if none is usable.

    Takes over the follower's landmarks.
    """
    points = np.zeros((count, len(USED), 3), np.float32)
    present = np.zeros(count, bool)
    points[follower.found.numbers] = follower.found.points
    lights = np.zeros((count, 2), np.float32)
    lights[follower.found.numbers] = follower.found.lights
    present[follower.found.numbers] = True
    del follower.found
    for begin, end in runs(present):
        points[begin:end] = smooth(points[begin:end])
    known = np.flatnonzero(present)
    missing = np.flatnonzero(~present)
    nearest = known[np.searchsorted((known[1:] + known[:-1]) / 2, missing)]
    points[missing], lights[missing] = points[nearest], lights[nearest]
    weight = fade(_usable(points, present, size))
    if not weight.any() or not len(follower.mouths):
        return None
    overlay = follower.overlay_finder.found()
    return FaceTrack(points, weight, lights, follower.mouths, size, overlay)


def _pose(few: Floats) -> Pose:
    poses = [fit_pose(points) for points in in_parts(few)]
    return Pose(
        np.concatenate([pose.rotation for pose in poses]),
        np.concatenate([pose.scale for pose in poses]),
        np.concatenate([pose.translation for pose in poses]),
    )


def _usable(few: Floats, present: Flags, size: tuple[int, int]) -> Flags:
    seen = np.concatenate([in_sight(points, size) for points in in_parts(few)])
    usable: Flags = present & seen & drawable(_pose(few))
    for begin, end in runs(usable):
        if end - begin < SMOOTHING_TAPS and end - begin < len(usable):
            usable[begin:end] = False
    return usable


def fade(usable: Flags) -> Floats:
    """Return weights (n,): 1 in runs of usable frames, ramps where they end inside the shot."""
    weight = np.zeros(len(usable), np.float32)
    for begin, end in runs(usable):
        steps = np.arange(1, end - begin + 1)
        rise = steps / (FADE_FRAMES + 1) if begin else np.ones(end - begin)
        fall = steps[::-1] / (FADE_FRAMES + 1) if end < len(usable) else np.ones(end - begin)
        weight[begin:end] = np.minimum(1, np.minimum(rise, fall))
    return weight


def runs(mask: Flags) -> list[tuple[int, int]]:
    """Return start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
