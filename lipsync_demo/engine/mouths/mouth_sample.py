"""One mouth patch, cropped from one frame, with its measurements."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_OUTER, NOSE_BASE, Pose
from lipsync_demo.engine.face.picture_edge import need, room
from lipsync_demo.engine.mouths.lip_line import LOWER, UPPER, snap_to_lip_line
from lipsync_demo.engine.warping.controls import covered

MAX_SCALE = 256.0
"""Maximum resolution of a patch, pixels per IOD; finer ones are downscaled."""
PAD_SIDE = 0.5
"""Padding of a patch beside the outer lips, IOD."""
PAD_ABOVE = 0.5
"""Padding of a patch above the outer lips, IOD."""
PAD_BELOW = 0.6
"""Padding of a patch below the outer lips, IOD."""
NEARLY_CLOSED = 0.06
"""Opening, IOD, below which the line between the lips is searched for."""


@dataclass(frozen=True, eq=False, slots=True)
class Mouth:
    """The mouth of frame `index`: `patch` and the MOVING `points` (n, 2) in its pixels."""

    index: int
    patch: Image
    points: Floats


@dataclass(frozen=True, eq=False, slots=True, kw_only=True)
class Sample:
    """A mouth with `head` (478, 3) in head axes, `all_points` (478, 3) in pixels of the patch,
    measures `values` (5,) and the features that `MouthLibrary` describes."""

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
        """Distances to the patch's edges (4,), IOD, as in `picture_edge.py`."""
        height, width = self.mouth.patch.shape[:2]
        return room(self.all_points, self.pose.scale, (width, height))

    @property
    def need(self) -> Floats:
        """Reach of the mouth's outline (4,), IOD, as in `picture_edge.py`."""
        ring, nose = covered(self.mouth.points), self.all_points[NOSE_BASE, :2]
        return need(ring, nose, float(self.pose.scale))


OUTER_LIPS = np.array(LIPS_OUTER)
"""Indices of the outer lips among the 478 landmarks."""


def patch_box(points: Floats, unit: float) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom, pixels, of the patch for landmarks `points` (478, 3)."""
    lips = points[OUTER_LIPS, :2]
    (left, top), (right, bottom) = lips.min(0).tolist(), lips.max(0).tolist()
    return (
        int(left - PAD_SIDE * unit),
        int(top - PAD_ABOVE * unit),
        int(right + PAD_SIDE * unit) + 1,
        int(bottom + PAD_BELOW * unit) + 1,
    )


def turns(pose: Pose) -> Floats:
    """Return yaw, pitch and roll (3,) in radians."""
    return np.array([pose.yaw, pose.pitch, pose.roll], np.float32)


def opened(mouth: Mouth, before: float, after: float) -> Mouth:
    """Return the mouth with its inner lips moved from opening `before` to `after`, IOD."""
    points = mouth.points.copy()
    upper, lower = points[UPPER], points[LOWER]
    middle, half = (upper + lower) / 2, (lower - upper) / 2 * (after / max(before, 1e-3))
    points[UPPER], points[LOWER] = middle - half, middle + half
    if after < NEARLY_CLOSED:
        points = snap_to_lip_line(mouth.patch, points)
    return replace(mouth, points=points)
