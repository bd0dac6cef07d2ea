"""Control points of the warps, and the outline of a mouth patch. All are indices into MOVING."""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices
from lipsync_demo.engine.face.geometry import (
    JAW,
    LIPS_INNER,
    LIPS_OUTER,
    NOSE_BASE,
)
from lipsync_demo.engine.face.motion_model import (
    CHEEKS,
    CHIN_SKIN,
    CORNER,
    FAR_SKIN,
    MOVING,
    NEAR_SKIN,
)

RING_SCALE = 1.12
"""Scale of a patch's outline relative to the ring of skin around the lips."""


def _numbers(points: tuple[int, ...]) -> Indices:
    """Return the indices of landmarks in MOVING."""
    return np.array([MOVING.index(point) for point in points])


OUTER = _numbers(LIPS_OUTER)
"""The outer lips."""
INNER = _numbers(LIPS_INNER)
"""The inner lips."""
NEAR = _numbers(NEAR_SKIN)
"""The ring of skin around the lips."""
_SKIN = np.concatenate(
    [
        NEAR,
        _numbers(FAR_SKIN[1::2] + CHIN_SKIN[::2] + CHEEKS[:8] + JAW[3:-3:2] + (NOSE_BASE,)),
    ]
)
_LOWER_LIP = np.concatenate([OUTER[CORNER + 1 :], INNER[CORNER + 1 :]])
_UPPER_LIP = np.concatenate([OUTER[1:CORNER], INNER[1:CORNER]])
_LIPS = np.concatenate([OUTER, INNER])
SKIN_CONTROLS = np.union1d(OUTER, _SKIN)
"""Control points of the frame's warp; its inner lips are covered by the patch."""
PATCH_CONTROLS = np.union1d(
    _LIPS, np.concatenate([NEAR, _numbers((NOSE_BASE, 205, 425, 199, 175))])
)
"""Control points of a mouth patch."""
UPPER_LIP_CONTROLS = np.setdiff1d(PATCH_CONTROLS, _LOWER_LIP)
"""Control points of a patch's upper lip."""
LOWER_LIP_CONTROLS = np.setdiff1d(PATCH_CONTROLS, _UPPER_LIP)
"""Control points of a patch's lower lip."""


def covered(moving: Floats) -> Floats:
    """Return the outline (..., n, 2) of a patch with MOVING landmarks `moving` (..., m, 2)."""
    near = np.take(moving, NEAR, -2)
    middles = near.mean(-2, keepdims=True)
    return np.asarray(middles + np.float32(RING_SCALE) * (near - middles), np.float32)
