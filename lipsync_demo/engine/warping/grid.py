"""A coarse grid over a box of the picture, on which warps and masks are computed."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image, Indices


@dataclass(frozen=True, slots=True)
class Grid:
    """Nodes every `step` pixels over a box of `width` x `height` pixels at (`left`, `top`).

    Each node is the centre of a block of `step` x `step` pixels; the blocks cover the box and a
    rim around it, so that every pixel is between nodes.
    """

    left: int
    top: int
    width: int
    height: int
    step: int

    @classmethod
    def around(cls, places: Floats, step: int, limits: tuple[int, int, int, int]) -> Grid | None:
        """Return the grid over `places` (n, 2), within `limits` (left, top, right, bottom), pixels.

        None if nothing is left.
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
        """Return the part of the grid over `places` (n, 2), with the same nodes.

        None if nothing is left.
        """
        x, y = places.min(0).tolist()
        left = self.left + max(floor((x - self.left) / self.step), 0) * self.step
        top = self.top + max(floor((y - self.top) / self.step), 0) * self.step
        low, high = np.array((left, top), np.float32), places.max(0)
        limits = (left, top, self.left + self.width, self.top + self.height)
        return Grid.around(np.stack([low, high]), self.step, limits)

    @property
    def columns(self) -> int:
        """Number of columns of nodes."""
        return -(-self.width // self.step) + 2

    @property
    def rows(self) -> int:
        """Number of rows of nodes."""
        return -(-self.height // self.step) + 2

    @property
    def corner(self) -> Floats:
        """The box's top left (2,), pixels."""
        return np.array([self.left, self.top], np.float32)

    @property
    def box(self) -> tuple[slice, slice]:
        """The box as rows and columns of the picture."""
        return (
            slice(self.top, self.top + self.height),
            slice(self.left, self.left + self.width),
        )

    def within(self, other: Grid) -> tuple[slice, slice]:
        """Return the box as rows and columns of another grid's box."""
        top, left = self.top - other.top, self.left - other.left
        return slice(top, top + self.height), slice(left, left + self.width)

    def axes(self) -> tuple[Floats, Floats]:
        """Return the x of the nodes' columns (columns,) and the y of their rows (rows,), pixels."""
        first = -(self.step + 1) / 2
        columns = np.arange(self.columns, dtype=np.float32) * self.step
        rows = np.arange(self.rows, dtype=np.float32) * self.step
        return columns + np.float32(self.left + first), rows + np.float32(self.top + first)

    def nodes(self) -> Floats:
        """Return the positions (rows * columns, 2) of the nodes, pixels."""
        places = np.empty((self.rows, self.columns, 2), np.float32)
        columns, rows = self.axes()
        places[..., 0], places[..., 1] = columns, rows[:, None]
        return places.reshape(-1, 2)

    def at_nodes(self, places: Floats) -> Floats:
        """Transform places (n, 2) from pixels to columns and rows of nodes."""
        first = -(self.step + 1) / 2
        return np.asarray((places - self.corner - first) / self.step, np.float32)

    def shrink(self, picture: Image) -> Floats:
        """Return the box's picture (height, width, 3) averaged per node (rows, columns, 3)."""
        size = (self.columns - 2, self.rows - 2)
        blocks = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        padded = cv2.copyMakeBorder(blocks, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
        return padded.astype(np.float32)

    def nodes_within(self, other: Grid) -> Indices:
        """Return the indices of its nodes in another grid, of which it is a part."""
        column = (self.left - other.left) // self.step + np.arange(self.columns)
        row = (self.top - other.top) // self.step + np.arange(self.rows)
        return (row[:, None] * other.columns + column).ravel()

    def enlarge(self, values: Floats) -> Floats:
        """Upsample values (rows * columns[, k]) at the nodes to (height, width[, k]), bilinear."""
        step = self.step
        nodes = values.reshape(self.rows, self.columns, -1)
        size = (self.columns * step, self.rows * step)
        pixels = cv2.resize(nodes, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(pixels[step : step + self.height, step : step + self.width], np.float32)
