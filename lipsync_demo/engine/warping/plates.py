"""Thin-plate splines: a smooth warp through control points (Bookstein 1989), sampled backward.

A picture is drawn by asking, for each pixel, where it comes from. Control points say it
for themselves (a point now at `to` comes from `source`); the plate says it for the pixels
between, on a grid of `Grid.step` pixels that is then enlarged.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Floats, Indices

STIFFNESS = 1e-3
"""Regularisation: landmarks are noisy, so the plate need not pass exactly through them."""


class Plates:
    """Several thin plates that share control points, evaluated at the same places.

    `controls` (n, 2) are where the points lie in the drawn picture, `places` (m, 2) where
    the plates are asked, `unit` the length in pixels in which both are measured.
    """

    def __init__(self, controls: Floats, places: Floats, unit: float) -> None:
        # Near the origin squared distances keep their digits in 32 bits.
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
        """Displacements (m, k) of the plates through the controls `chosen`, else through all.

        `wanted` (len(chosen), k) are the displacements there.
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
    """r^2 log r^2 between points (n, 2) and (m, 2)."""
    squared = (-2 * a) @ b.T
    squared += (a * a).sum(1)[:, None]
    squared += (b * b).sum(1)
    np.maximum(squared, 1e-12, out=squared)
    squared *= cv2.log(squared)
    return np.asarray(squared)
