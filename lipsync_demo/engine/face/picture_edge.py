"""The picture's edge: which mouths it cuts, and how much of a mouth a frame leaves room for.

Sides are in the order left, top, right, bottom; lengths are from the base of the nose, in IOD.
"""

from __future__ import annotations

import numpy as np

from lipsync_demo.engine.arrays import Flags, Floats
from lipsync_demo.engine.face.geometry import LIPS_INNER, LIPS_OUTER, NOSE_BASE

MISSED = 0.02
"""A mouth that lacks so much of what the frame shows costs one more, IOD."""
MOST_MISSED = 0.2
"""Beyond it all lack too much alike, IOD."""

_INNER = np.array(LIPS_INNER)
_OUTER = np.array(LIPS_OUTER)


def in_sight(points: Floats, size: tuple[int, int]) -> Flags:
    """Whether the picture of `size` (width, height) shows the mouths `points` (..., 478, 3).

    Half of every lip must be in it: what the mesh says of the rest is a guess.
    """
    lips = (np.take(points, _INNER, -2) + np.take(points, _OUTER, -2))[..., :2] / 2
    return np.asarray(((lips >= 0) & (lips <= np.array(size) - 1)).all((-1, -2)))


def room(points: Floats, unit: Floats, size: tuple[int, int]) -> Floats:
    """How far it is to the picture's four edges (..., 4); `unit` (...) is pixels per IOD."""
    nose = np.take(points, NOSE_BASE, -2)[..., :2]
    return _sides(-nose, np.array(size, np.float32) - nose, unit)


def need(ring: Floats, nose: Floats, unit: float) -> Floats:
    """How far what a mouth covers, the edge `ring` (n, 2), reaches to the four sides (4,)."""
    return _sides(ring.min(0) - nose, ring.max(0) - nose, np.asarray(unit))


def _sides(low: Floats, high: Floats, unit: Floats) -> Floats:
    both = np.concatenate([-low, high], -1) / unit[..., None]
    return np.asarray(both, np.float32)


def costs(frames: Floats, rooms: Floats, needs: Floats) -> Floats:
    """What it costs (n, m) that pictures cut mouths where the frames show them.

    `frames` (n, 4) is the room in the frames, `rooms` and `needs` (m, 4) that in the mouths'
    own pictures and what they need.
    """
    missing = np.minimum(needs, frames[:, None]) - rooms
    return np.asarray((np.clip(missing.max(-1), 0, MOST_MISSED) / MISSED) ** 2, np.float32)
