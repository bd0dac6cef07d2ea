"""Mouths cut by the picture's edge.

Sides are in the order left, top, right, bottom; lengths are from the base of the nose, in IOD.
"""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.geometry import LIPS_INNER, LIPS_OUTER, NOSE_BASE

CUT_SCALE = 0.02
"""Missing length, IOD, that costs 1; the cost grows with its square."""
MAX_CUT = 0.2
"""Missing length, IOD, from which the cost is constant."""

_INNER = np.array(LIPS_INNER)
_OUTER = np.array(LIPS_OUTER)


def in_sight(points: Floats, size: tuple[int, int]) -> Flags:
    """Return whether (...) a picture of `size` (width, height) shows the mouths `points`.

    `points` (..., 478, 3) are in pixels. Half of each lip must be inside: the mesh only
    extrapolates the rest.
    """
    lips = (np.take(points, _INNER, -2) + np.take(points, _OUTER, -2))[..., :2] / 2
    return np.asarray(((lips >= 0) & (lips <= np.array(size) - 1)).all((-1, -2)))


def room(points: Floats, unit: Floats, size: tuple[int, int]) -> Floats:
    """Return the distances to the picture's edges (..., 4), IOD; `unit` (...) is pixels per IOD."""
    nose = np.take(points, NOSE_BASE, -2)[..., :2]
    return _sides(-nose, np.array(size, np.float32) - nose, unit)


def need(ring: Floats, nose: Floats, unit: float) -> Floats:
    """Return how far a mouth's outline `ring` (n, 2) reaches to the four sides (4,), IOD."""
    return _sides(ring.min(0) - nose, ring.max(0) - nose, np.asarray(unit))


def _sides(low: Floats, high: Floats, unit: Floats) -> Floats:
    both = np.concatenate([-low, high], -1) / unit[..., None]
    return np.asarray(both, np.float32)


def costs(frames: Floats, rooms: Floats, needs: Floats) -> Floats:
    """Return the costs (n, m) of mouths that are cut where the frames are not.

    `frames` (n, 4) is the room in the frames; `rooms` and `needs` (m, 4) are the mouths' room in
    their own pictures and the reach of their outlines.
    """
    missing = np.minimum(needs, frames[:, None]) - rooms
    return np.asarray((np.clip(missing.max(-1), 0, MAX_CUT) / CUT_SCALE) ** 2, np.float32)
