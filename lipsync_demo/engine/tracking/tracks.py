"""A face through the frames of one shot: points smoothed over time, and where it may be drawn."""

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

FADE_FRAMES = 4


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """A face through the frames of a shot, smoothed over time.

    `few` (n, len(USED), 3) are its points in pixels, those of the nearest frame where the
    face is missing; `weight` (n,) tells how far the frame may be changed: 0 no usable face,
    1 fully, between them the fade; `lights` (n, 2) is the light on the face as in `light.py`.
    `mouths` has gathered the frames that show the face; `size` (width, height) is the picture's,
    and `overlay` what lies before the face.
    """

    few: Floats
    weight: Floats
    lights: Floats
    mouths: LibraryBuilder
    size: tuple[int, int]
    overlay: Overlay

    @property
    def points(self) -> Floats:
        """(n, 478, 3), NaN where a point is not used; 6 kB a frame, so ask for parts."""
        return whole(self.few)

    def at(self, number: int) -> Floats:
        """The points (478, 3) of one frame."""
        return whole(self.few[number])

    @cached_property
    def usable(self) -> Flags:
        return self.weight > 0

    @cached_property
    def pose(self) -> Pose:
        return _pose(self.few)

    @cached_property
    def rooms(self) -> Floats:
        """What the picture has beside the mouth (n, 4), as in `picture_edge.py`."""
        parts = [room(points, fit_pose(points).scale, self.size) for points in in_parts(self.few)]
        return np.concatenate(parts)

    @cached_property
    def measures(self) -> Floats:
        """(n, 5), in the order of `geometry.MEASURES`."""
        parts = [measures(points, fit_pose(points)) for points in in_parts(self.few)]
        return np.concatenate(parts)


@dataclass(frozen=True, eq=False)
class Shot:
    """Frames `start` to `end` (exclusive) without a cut, with half of a dissolve at either end.

    `track` is None without a usable face; `faces` is the number of faces followed.
    """

    start: int
    end: int
    track: FaceTrack | None
    faces: int


def track_of(follower: Follower, count: int, size: tuple[int, int]) -> FaceTrack | None:
    """The track of a face through the `count` frames of a shot; None when none is usable.

    It takes the follower's points over.
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
    """1 inside runs of usable frames, rising and falling where they end inside the shot."""
    weight = np.zeros(len(usable), np.float32)
    for begin, end in runs(usable):
        steps = np.arange(1, end - begin + 1)
        rise = steps / (FADE_FRAMES + 1) if begin else np.ones(end - begin)
        fall = steps[::-1] / (FADE_FRAMES + 1) if end < len(usable) else np.ones(end - begin)
        weight[begin:end] = np.minimum(1, np.minimum(rise, fall))
    return weight


def runs(mask: Flags) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], mask.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
