"""Thin-plate warps on a coarse grid (Bookstein 1989), for backward sampling.

A picture is drawn by asking, for each pixel, where it comes from. Control points say it
for themselves (a point now at `to` comes from `source`); the plate says it for the pixels
between, on a grid of `Grid.step` pixels that is then enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Image = NDArray[np.uint8]

STIFFNESS = 1e-3
"""Regularisation: landmarks are noisy, so the plate need not pass exactly through them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes every `step` pixels over a box of `width` x `height` pixels at (`left`, `top`).

    The first and last nodes lie on or outside the box's edges.
    """

    left: int
    top: int
    width: int
    height: int
    step: float

    @classmethod
    def around(cls, places: Floats, step: float, limits: tuple[int, int, int, int]) -> Grid | None:
        """Over all `places` (n, 2), within `limits` (left, top, right, bottom) in pixels.

        None when nothing is left.
        """
        low = np.maximum(np.floor(places.min(0)), limits[:2]).astype(int)
        high = np.minimum(np.ceil(places.max(0)) + 1, limits[2:]).astype(int)
        size = high - low
        if size.min() < 2:
            return None
        return cls(int(low[0]), int(low[1]), int(size[0]), int(size[1]), step)

    @property
    def box(self) -> tuple[slice, slice]:
        """Its rows and columns of the picture."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )

    def inside(self, other: Grid) -> tuple[slice, slice]:
        """Its rows and columns of the other grid's box."""
        top, left = self.top - other.top, self.left - other.left
        return slice(top, top + self.height), slice(left, left + self.width)

    @property
    def columns(self) -> int:
        return int(np.ceil((self.width - 1) / self.step)) + 1

    @property
    def rows(self) -> int:
        return int(np.ceil((self.height - 1) / self.step)) + 1

    def nodes(self) -> Floats:
        """Places (rows * columns, 2) of the nodes in pixels."""
        x = self.left + self.step * np.arange(self.columns, dtype=np.float32)
        y = self.top + self.step * np.arange(self.rows, dtype=np.float32)
        return np.stack(np.meshgrid(x, y), -1).reshape(-1, 2)

    def pixels(self) -> Floats:
        """Places (height, width, 2) of the box's pixels."""
        x = np.arange(self.left, self.left + self.width, dtype=np.float32)
        y = np.arange(self.top, self.top + self.height, dtype=np.float32)
        return np.stack(np.meshgrid(x, y), -1)

    def enlarge(self, values: Floats) -> Floats:
        """Values (rows * columns, k) at the nodes to (height, width[, k]), bilinear."""
        nodes = values.reshape(self.rows, self.columns, -1).astype(np.float32, copy=False)
        matrix = np.array([[self.step, 0, 0], [0, self.step, 0]], np.float32)
        return np.asarray(
            cv2.warpAffine(
                nodes, matrix, (self.width, self.height), borderMode=cv2.BORDER_REPLICATE
            ),
            np.float32,
        )


class Plates:
    """Several thin plates that share control points, evaluated at the same places.

    `controls` (n, 2) are where the points lie in the drawn picture, `places` (m, 2) where
    the plates are asked, `unit` the length in pixels in which both are measured.
    """

    def __init__(self, controls: Floats, places: Floats, unit: float) -> None:
        self._controls = controls.astype(np.float64) / unit
        self._places = places / np.float32(unit)
        self._reach = _kernel(self._places, self._controls.astype(np.float32))

    def displacements(self, chosen: NDArray[np.intp], shifts: Floats) -> Floats:
        """Displacements (m, 2) of the plate through the controls `chosen`.

        `shifts` (len(chosen), 2) are the displacements there.
        """
        points = self._controls[chosen]
        count = len(points)
        system = np.zeros((count + 3, count + 3))
        system[:count, :count] = _kernel(points, points)
        system[np.arange(count), np.arange(count)] = STIFFNESS
        system[:count, count] = system[count, :count] = 1
        system[:count, count + 1 :] = points
        system[count + 1 :, :count] = points.T
        wanted = np.zeros((count + 3, 2))
        wanted[:count] = shifts
        solution = np.linalg.solve(system, wanted).astype(np.float32)
        bent = self._reach[:, chosen] @ solution[:count]
        return np.asarray(bent + solution[count] + self._places @ solution[count + 1 :])


def _kernel(a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
    """r^2 log r^2 between points (n, 2) and (m, 2)."""
    x = np.subtract.outer(a[:, 0], b[:, 0])
    y = np.subtract.outer(a[:, 1], b[:, 1])
    squared = x * x + y * y
    return np.asarray(squared * cv2.log(squared + squared.dtype.type(1e-12)))


def smooth_closed(ring: Floats, each: int) -> Floats:
    """A closed ring (n, 2) with `each` points for one: Catmull-Rom, through every point."""
    t = (np.arange(each, dtype=np.float32) / each)[None, :, None]
    a, b, c, d = (np.roll(ring, shift, 0)[:, None, :] for shift in (1, 0, -1, -2))
    curve = b + t * (
        (c - a) / 2 + t * ((2 * a - 5 * b + 4 * c - d) / 2 + t * (3 * b - 3 * c + d - a) / 2)
    )
    return np.asarray(curve.reshape(-1, 2), np.float32)
