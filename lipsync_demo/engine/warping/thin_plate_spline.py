"""Thin-plate splines (Bookstein 1989) for backward warps.

A spline interpolates the displacements at the control points; it is evaluated at the nodes of a
`Grid`.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Floats, Indices

STIFFNESS = 1e-3
"""Regularisation: landmarks are noisy, so the spline need not pass through them."""


class Plates:
    """Thin plates with common control points, evaluated at the same places.

    `controls` (n, 2) are the control points in the drawn picture, `places` (m, 2) the points to
    evaluate, both in pixels; `unit` (pixels) normalises their lengths.
    """

    def __init__(self, controls: Floats, places: Floats, unit: float) -> None:
        # Centred, so that squared distances are precise in 32 bits.
        count = len(controls)
        both = (np.concatenate([controls, places]) - controls.sum(0) / count) / np.float32(unit)
        points, self._places = both[:count], both[count:]
        kernel = _kernel(both, points)
        self._reach = kernel[count:]
        self._system = np.zeros((count + 3, count + 3))
        self._system[:count, :count] = kernel[:count]
        np.fill_diagonal(self._system[:count, :count], STIFFNESS)
        self._system[:count, count] = self._system[count, :count] = 1
        self._system[:count, count + 1 :] = points
        self._system[count + 1 :, :count] = points.T

    def shifts(self, wanted: Floats, chosen: Indices | None = None) -> Floats:
        """Return the displacements (m, k) at the places.

        `wanted` (len(chosen), k) are those at the control points `chosen`, None for all.
        """
        count, system, reach = len(wanted), self._system, self._reach
        if chosen is not None:
            rows = np.concatenate([chosen, np.arange(-3, 0)])
            system, reach = system[np.ix_(rows, rows)], reach[:, chosen]
        ends = np.zeros((count + 3, wanted.shape[1]))
        ends[:count] = wanted
        solution = np.linalg.solve(system, ends).astype(np.float32)
        flat = self._places @ solution[count + 1 :] + solution[count]
        return np.asarray(reach @ solution[:count] + flat, np.float32)


def _kernel(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """Return r^2 log r^2 (n, m) between points (n, 2) and (m, 2)."""
    squared = (-2 * a) @ b.T
    squared += (a * a).sum(1)[:, None]
    squared += (b * b).sum(1)
    np.maximum(squared, 1e-12, out=squared)
    squared *= cv2.log(squared)
    return np.asarray(squared)
