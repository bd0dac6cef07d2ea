"""Thin-plate warps on a coarse grid (Bookstein 1989), for backward sampling.

A picture is drawn by asking, for each pixel, where it comes from. Control points say it
for themselves (a point now at `to` comes from `source`); the plate says it for the pixels
between, on a grid of `Grid.step` pixels that is then enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil, floor
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Floats, Image, Indices

STIFFNESS = 1e-3
"""Regularisation: landmarks are noisy, so the plate need not pass exactly through them."""


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes every `step` pixels over a box of `width` x `height` pixels at (`left`, `top`).

    Each node is the middle of a block of `step` x `step` pixels; the blocks fill the box
    and surround it, so that every pixel lies between nodes.
    """

    left: int
    top: int
    width: int
    height: int
    step: int

    @classmethod
    def around(cls, places: Floats, step: int, limits: tuple[int, int, int, int]) -> Grid | None:
        """Over all `places` (n, 2), within `limits` (left, top, right, bottom) in pixels.

        None when nothing is left.
        """
        (x0, y0), (x1, y1) = places.min(0).tolist(), places.max(0).tolist()
        left, top = max(floor(x0), limits[0]), max(floor(y0), limits[1])
        width, height = min(ceil(x1) + 1, limits[2]) - left, min(ceil(y1) + 1, limits[3]) - top
        if min(width, height) < 2:
            return None
        width = min(-(-width // step) * step, limits[2] - left)
        height = min(-(-height // step) * step, limits[3] - top)
        return cls(left, top, width, height, step)

    def part(self, places: Floats) -> Grid | None:
        """The part of it over all `places`, whose nodes are nodes of this one.

        None when nothing is left.
        """
        x, y = places.min(0).tolist()
        left = self.left + max(floor((x - self.left) / self.step), 0) * self.step
        top = self.top + max(floor((y - self.top) / self.step), 0) * self.step
        low, high = np.array((left, top), np.float32), places.max(0)
        limits = (left, top, self.left + self.width, self.top + self.height)
        return Grid.around(np.stack([low, high]), self.step, limits)

    @property
    def columns(self) -> int:
        return -(-self.width // self.step) + 2

    @property
    def rows(self) -> int:
        return -(-self.height // self.step) + 2

    @property
    def corner(self) -> Floats:
        """Its left top (2,) in pixels."""
        return np.array([self.left, self.top], np.float32)

    @property
    def box(self) -> tuple[slice, slice]:
        """Its rows and columns of the picture."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )

    def within(self, other: Grid) -> tuple[slice, slice]:
        """Its rows and columns of the other grid's box."""
        top, left = self.top - other.top, self.left - other.left
        return slice(top, top + self.height), slice(left, left + self.width)

    def axes(self) -> tuple[Floats, Floats]:
        """Places of the nodes' columns (columns,) and rows (rows,) in pixels."""
        first = -(self.step + 1) / 2
        columns = np.arange(self.columns, dtype=np.float32) * self.step
        rows = np.arange(self.rows, dtype=np.float32) * self.step
        return columns + np.float32(self.left + first), rows + np.float32(self.top + first)

    def nodes(self) -> Floats:
        """Places (rows * columns, 2) of the nodes in pixels."""
        places = np.empty((self.rows, self.columns, 2), np.float32)
        columns, rows = self.axes()
        places[..., 0], places[..., 1] = columns, rows[:, None]
        return places.reshape(-1, 2)

    def at_nodes(self, places: Floats) -> Floats:
        """Places (n, 2) in pixels as columns and rows of the nodes."""
        first = -(self.step + 1) / 2
        return np.asarray((places - self.corner - first) / self.step, np.float32)

    def shrink(self, picture: Image) -> Floats:
        """The box's picture (height, width, 3) at the nodes (rows, columns, 3), averaged."""
        size = (self.columns - 2, self.rows - 2)
        blocks = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        padded = cv2.copyMakeBorder(blocks, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        return padded.astype(np.float32)

    def nodes_within(self, other: Grid) -> Indices:
        """Numbers of its nodes among those of the other, of which it is a part."""
        column = (self.left - other.left) // self.step + np.arange(self.columns)
        row = (self.top - other.top) // self.step + np.arange(self.rows)
        return (row[:, None] * other.columns + column).ravel()

    def enlarge(self, values: Floats) -> Floats:
        """Values (rows * columns[, k]) at the nodes to (height, width[, k]), bilinear."""
        step = self.step
        nodes = values.reshape(self.rows, self.columns, -1)
        size = (self.columns * step, self.rows * step)
        pixels = cv2.resize(nodes, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(pixels[step : step + self.height, step : step + self.width], np.float32)


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


def sampled(image: Image, maps: Floats) -> Image:
    """The image (h, w, 3) at the places `maps` (height, width, 2), as sharp as it is.

    Between two pixels, the fraction f from one, linear interpolation lacks about
    f (1 - f) times the second difference; that is given back.
    """
    drawn = cv2.remap(  # type: ignore[call-overload]
        image, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    _, part = cv2.convertMaps(maps, None, cv2.CV_16SC2)  # type: ignore[call-overload]
    # Grain is in the luma, so one channel tells what is missing in all.
    grey = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)
    bent = cv2.filter2D(grey, cv2.CV_32F, _BENT, borderType=cv2.BORDER_REPLICATE)
    missing = cv2.multiply(bent, _lost().take(part, mode="clip"), dtype=cv2.CV_16S)
    return np.asarray(cv2.add(drawn, cv2.merge([missing] * 3), dtype=cv2.CV_8U), np.uint8)


_GIVEN_BACK = 0.2
_BENT = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], np.float32) * _GIVEN_BACK


@cache
def _lost() -> Floats:
    """Parts of `_GIVEN_BACK` for each of OpenCV's codes of fractions: y * 32 + x, in 32nds."""
    f = np.arange(cv2.INTER_TAB_SIZE) / cv2.INTER_TAB_SIZE
    one = 4 * f * (1 - f)
    return np.asarray((one[:, None] + one) / 2, np.float32).ravel()


def smooth_closed(ring: Floats, each: int) -> Floats:
    """Closed rings (..., n, 2) with `each` points for one: Catmull-Rom, through every point."""
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
