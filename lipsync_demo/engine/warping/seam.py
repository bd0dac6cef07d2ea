"""The seam between the lips, on either side of which pixels move with their own lip."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.motion_model import CORNER
from lipsync_demo.engine.warping.blend import filled
from lipsync_demo.engine.warping.grid import Grid

LIP_MARGIN = 0.028
"""Distance by which the inner edges of open lips are moved into the lips, IOD."""
OPEN_THRESHOLD = 0.06
"""Opening, IOD, from which lips count as open."""
MIN_CONTACT = 0.01
"""Least thickness of the shadow between closed lips that were open, IOD."""
CORNER_LENGTH = 0.06
"""Distance from a corner, IOD, over which the seam becomes sharp."""
CORNER_BLEND = 0.08
"""Height at a corner, IOD, over which one lip's motion blends into the other's."""
BLEND_GROWTH = 1.4
"""Growth of that height per distance beyond the corner."""


@dataclass(frozen=True, eq=False, slots=True)
class Seam:
    """The line `points` (n, 2) from the left corner to the right one, pixels.

    `across` is the unit vector from corner to corner, `down` its downward normal; `unit` is
    pixels per IOD.
    """

    points: Floats
    across: Floats
    down: Floats
    unit: float

    @classmethod
    def between(cls, inner: Floats, unit: float) -> Seam:
        """Return the middle line of the ring `inner` (n, 2), from the left corner over the top."""
        turn = len(inner) // 2
        lower = np.concatenate([inner[turn:], inner[:1]])[::-1]
        points = (inner[: turn + 1] + lower) / 2
        across = points[-1] - points[0]
        across = across / max(float(np.linalg.norm(across)), 1e-6)
        return cls(points, across, np.array([-across[1], across[0]], np.float32), unit)

    def above(self) -> Floats:
        """Return a polygon (m, 2), pixels, of everything above the seam."""
        far = np.float32(4 * self.unit)
        ends = np.stack([self.points[0] - far * self.across, self.points[-1] + far * self.across])
        long = np.concatenate([ends[:1], self.points, ends[1:]])
        return np.concatenate([long, ends[::-1] - far * self.down])

    def beside(self, places: Floats) -> Floats:
        """Return the distance of places (m, 2) beyond the corners (m,), IOD; negative between."""
        middle = (self.points[0] + self.points[-1]) / 2
        half = (self.points[-1] - middle) @ self.across
        return np.asarray((np.abs((places - middle) @ self.across) - half) / self.unit, np.float32)

    def upper_share(self, places: Floats) -> Floats:
        """Return 1 (m,) where a place (m, 2) moves with the upper lip, 0 with the lower."""
        middle = (self.points[0] + self.points[-1]) / 2
        line, place = self.points - middle, places - middle
        level = np.interp(place @ self.across, line @ self.across, line @ self.down)
        below = (place @ self.down - level) / self.unit
        width = CORNER_BLEND + BLEND_GROWTH * np.maximum(self.beside(places), 0)
        return np.asarray(np.clip(0.5 - below / width, 0, 1), np.float32)


def joined(grid: Grid, lower: Floats, upper: Floats, inner: Floats, unit: float) -> Floats:
    """Return the source positions (height, width, 2) of the pixels of the grid's box.

    `lower` and `upper` (nodes, 2) are those with each lip's motion; `inner` (n, 2) is the lips'
    inner edge in the drawn picture, of scale `unit` in pixels per IOD.
    """
    nodes = grid.nodes()
    seam = Seam.between(inner, unit)
    maps = grid.enlarge(lower + seam.upper_share(nodes)[:, None] * (upper - lower))
    # Between the lips the seam is sharper than the grid resolves.
    mouth = grid.part(np.concatenate([inner - 2 * grid.step, inner + 2 * grid.step]))
    if mouth is not None:
        rows = mouth.nodes_within(grid)
        both = mouth.enlarge(np.concatenate([lower[rows], upper[rows] - lower[rows]], 1))
        # A blend of the two sources would show the teeth between the lips.
        sharp = np.rint(filled(seam.above() - mouth.corner, mouth.width, mouth.height))
        beside = mouth.enlarge(seam.beside(nodes[rows]))
        part = maps[mouth.within(grid)]
        exact = both[..., :2] + sharp[..., None] * both[..., 2:]
        part += np.clip(-beside / CORNER_LENGTH, 0, 1)[..., None] * (exact - part)
    return maps


def inside_lips(inner: Floats, unit: Floats) -> Floats:
    """Return the inner edges (..., 20, 2) of open lips, moved into the lips.

    `unit` (...) is pixels per IOD. The mesh is accurate to a pixel or two; without a margin teeth
    would move with a lip.
    """
    gap = inner[..., :CORNER:-1, :] - inner[..., 1:CORNER, :]
    size = np.linalg.norm(gap, axis=-1, keepdims=True)
    most = np.minimum(unit[..., None, None], size / np.float32(OPEN_THRESHOLD))
    margin = np.float32(LIP_MARGIN) * most * gap / np.maximum(size, np.float32(1e-3))
    moved = inner.copy()
    moved[..., 1:CORNER, :] -= margin
    moved[..., :CORNER:-1, :] += margin
    return moved


def touching(inner: Floats, down: Floats, least: float) -> Floats:
    """Return the ring `inner` (n, 2), at least `least` pixels thick along `down` (2,)."""
    turn = len(inner) // 2
    size = np.linalg.norm(inner[:turn:-1] - inner[1:turn], axis=1, keepdims=True)
    missing = np.maximum(least - size, 0) / 2 * down
    out = inner.copy()
    out[1:turn] -= missing
    out[:turn:-1] += missing
    return out


def contact(gap: float, unit: float) -> float:
    """Return the thickness, pixels, of the shadow between closed lips that were `gap` IOD apart.

    Lips that were closed bring their own shadow.
    """
    return MIN_CONTACT * unit * min(1.0, gap / OPEN_THRESHOLD)
