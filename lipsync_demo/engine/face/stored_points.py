"""The mesh's points that are used, a third of them: what is stored of every frame."""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import EYES, RIGID
from lipsync_demo.engine.face.motion_model import MOVING
from lipsync_demo.engine.face.regions import POINTS

USED = np.array(sorted({*MOVING, *RIGID, *EYES}))


def used(points: Floats) -> Floats:
    """Of points (..., 478, 3) those that are used (..., len(USED), 3), a copy."""
    return np.ascontiguousarray(points[..., USED, :])


def whole(few: Floats) -> Floats:
    """The points (..., 478, 3) that `used` was given; those left out are NaN."""
    points = np.full((*few.shape[:-2], POINTS, 3), np.nan, np.float32)
    points[..., USED, :] = few
    return points
