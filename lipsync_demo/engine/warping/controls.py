"""The landmarks that hold a warp, and the ring of skin that a mouth covers."""

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
"""What a mouth covers: the ring of skin around the lips, enlarged."""


def _numbers(points: tuple[int, ...]) -> Indices:
    """Their places among MOVING."""
    return np.array([MOVING.index(point) for point in points])


OUTER = _numbers(LIPS_OUTER)
"""Places among MOVING of the outer lips, as are all below."""
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
SKIN = np.union1d(OUTER, _SKIN)
"""What the frame is held by; its lips are covered."""
DONOR = np.union1d(_LIPS, np.concatenate([NEAR, _numbers((NOSE_BASE, 205, 425, 199, 175))]))
"""What a mouth laid over it is held by."""
DONOR_UPPER = np.setdiff1d(DONOR, _LOWER_LIP)
"""What its upper lip is held by."""
DONOR_LOWER = np.setdiff1d(DONOR, _UPPER_LIP)
"""What its lower lip is held by."""


def covered(moving: Floats) -> Floats:
    """The edge (..., n, 2) of what a mouth covers whose MOVING points are `moving` (..., m, 2)."""
    near = np.take(moving, NEAR, -2)
    middles = near.mean(-2, keepdims=True)
    return np.asarray(middles + np.float32(RING_SCALE) * (near - middles), np.float32)
