"""The third of the mesh's landmarks that the engine uses, and stores for each frame."""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import EYES, RIGID
from lipsync_demo.engine.face.motion_model import MOVING
from lipsync_demo.engine.face.regions import POINTS

USED = np.array(sorted({*MOVING, *RIGID, *EYES}))
"""Indices of the stored landmarks."""


def used(points: Floats) -> Floats:
    """Return a copy (..., len(USED), 3) of the used landmarks of `points` (..., 478, 3)."""
    return np.ascontiguousarray(points[..., USED, :])


def whole(few: Floats) -> Floats:
    """Return the landmarks (..., 478, 3) that `used` took `few` from; the others are NaN."""
    points = np.full((*few.shape[:-2], POINTS, 3), np.nan, np.float32)
    points[..., USED, :] = few
    return points
