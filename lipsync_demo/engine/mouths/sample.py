"""One mouth of the person, cut out of one frame, with what was measured there."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_OUTER, NOSE_BASE, Pose
from lipsync_demo.engine.face.picture_edge import need, room
from lipsync_demo.engine.mouths.lip_line import LOWER, UPPER, on_the_line
from lipsync_demo.engine.warping.controls import covered

FINEST = 256.0
"""Pixels per IOD at most; finer patches are shrunk."""
PAD_SIDE = 0.5
"""IOD of a patch beside the outer lips."""
PAD_ABOVE = 0.5
"""IOD of a patch above the outer lips."""
PAD_BELOW = 0.6
"""IOD of a patch below the outer lips."""
NEARLY_CLOSED = 0.06
"""In mouths open less, IOD, the line between the lips is looked for."""


@dataclass(frozen=True, eq=False, slots=True)
class Mouth:
    """One frame's mouth: `patch` and the MOVING `points` (n, 2) in its pixels."""

    index: int
    patch: Image
    points: Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Sample:
    mouth: Mouth
    head: Floats
    all_points: Floats
    pose: Pose
    values: Floats
    appearance: Floats
    sharpness: float
    light: Floats
    interpolated: bool

    @property
    def room(self) -> Floats:
        """What the patch has of the picture, (4,) as in `picture_edge.py`."""
        height, width = self.mouth.patch.shape[:2]
        return room(self.all_points, self.pose.scale, (width, height))

    @property
    def need(self) -> Floats:
        """What a frame shows of it, (4,) as in `picture_edge.py`."""
        ring, nose = covered(self.mouth.points), self.all_points[NOSE_BASE, :2]
        return need(ring, nose, float(self.pose.scale))


_LIPS = np.array(LIPS_OUTER)


def patch_box(points: Floats, unit: float) -> tuple[int, int, int, int]:
    """Left, top, right and bottom, in pixels, of what the library needs of a frame."""
    lips = points[_LIPS, :2]
    (left, top), (right, bottom) = lips.min(0).tolist(), lips.max(0).tolist()
    return (
        int(left - PAD_SIDE * unit),
        int(top - PAD_ABOVE * unit),
        int(right + PAD_SIDE * unit) + 1,
        int(bottom + PAD_BELOW * unit) + 1,
    )


def turns(pose: Pose) -> Floats:
    return np.array([pose.yaw, pose.pitch, pose.roll], np.float32)


def opened(mouth: Mouth, before: float, after: float) -> Mouth:
    """The mouth with its inner lips' points as far apart as the corrected opening says."""
    points = mouth.points.copy()
    upper, lower = points[UPPER], points[LOWER]
    middle, half = (upper + lower) / 2, (lower - upper) / 2 * (after / max(before, 1e-3))
    points[UPPER], points[LOWER] = middle - half, middle + half
    if after < NEARLY_CLOSED:
        points = on_the_line(mouth.patch, points)
    return replace(mouth, points=points)
