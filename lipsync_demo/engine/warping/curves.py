"""Closed splines."""

from __future__ import annotations

from functools import cache

import numpy as np

from lipsync_demo.engine.arrays import Floats


def smooth_closed(ring: Floats, each: int) -> Floats:
    """Return closed Catmull-Rom splines (..., n * each, 2) through the points (..., n, 2)."""
    return np.asarray(_spline(ring.shape[-2], each) @ ring)


@cache
def _spline(count: int, each: int) -> Floats:
    t = np.arange(each) / each
    weights = (
        (-t + 2 * t**2 - t**3) / 2,
        (2 - 5 * t**2 + 3 * t**3) / 2,
        (t + 4 * t**2 - 3 * t**3) / 2,
        (-(t**2) + t**3) / 2,
    )
    matrix = np.zeros((count, each, count), np.float32)
    for i in range(count):
        for offset, weight in zip((-1, 0, 1, 2), weights, strict=True):
            matrix[i, :, (i + offset) % count] += weight
    return matrix.reshape(-1, count)
