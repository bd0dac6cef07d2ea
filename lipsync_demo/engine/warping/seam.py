"""Where the upper and the lower lip meet, and how each takes its own pixels along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.motion_model import CORNER
from lipsync_demo.engine.warping.blend import filled
from lipsync_demo.engine.warping.grid import Grid

LIP_MARGIN = 0.028
"""IOD by which the inner edges of open lips are taken inside the lips."""
OPEN = 0.06
"""Opening from which on lips count as open, IOD."""
CONTACT = 0.01
"""Least thickness of the shadow between lips that were apart, IOD."""
MEETING = 0.06
"""Inside the corners the two lips part within this length, IOD."""
SOFTEST = 0.08
"""IOD at a corner of the mouth within which one lip's motion goes over into the other's."""
WIDENING = 1.4
"""That length grows by so many times the distance from the corner."""


@dataclass(frozen=True, eq=False, slots=True)
class Seam:
    """Where the lips meet: `points` (n, 2) from the left corner to the right one, pixels.

    `across` is the unit vector from corner to corner, `down` the one below it; `unit` is
    pixels per IOD.
    """

    points: Floats
    across: Floats
    down: Floats
    unit: float

    @classmethod
    def between(cls, inner: Floats, unit: float) -> Seam:
        """Midway in the ring `inner` (n, 2), from the left corner over the upper lip."""
        turn = len(inner) // 2
        lower = np.concatenate([inner[turn:], inner[:1]])[::-1]
        points = (inner[: turn + 1] + lower) / 2
        across = points[-1] - points[0]
        across = across / max(float(np.linalg.norm(across)), 1e-6)
        return cls(points, across, np.array([-across[1], across[0]], np.float32), unit)

    def above(self) -> Floats:
        """A polygon (m, 2) of everything above it, pixels."""
        far = np.float32(4 * self.unit)
        ends = np.stack([self.points[0] - far * self.across, self.points[-1] + far * self.across])
        long = np.concatenate([ends[:1], self.points, ends[1:]])
        return np.concatenate([long, ends[::-1] - far * self.down])

    def beside(self, places: Floats) -> Floats:
        """How far places (m, 2) lie beyond the corners (m,), IOD; negative between them."""
        middle = (self.points[0] + self.points[-1]) / 2
        half = (self.points[-1] - middle) @ self.across
        return np.asarray((np.abs((places - middle) @ self.across) - half) / self.unit, np.float32)

    def upper_share(self, places: Floats) -> Floats:
        """1 where a place (m, 2) moves with the upper lip, 0 with the lower (m,)."""
        middle = (self.points[0] + self.points[-1]) / 2
        line, place = self.points - middle, places - middle
        level = np.interp(place @ self.across, line @ self.across, line @ self.down)
        below = (place @ self.down - level) / self.unit
        width = SOFTEST + WIDENING * np.maximum(self.beside(places), 0)
        return np.asarray(np.clip(0.5 - below / width, 0, 1), np.float32)


def joined(grid: Grid, lower: Floats, upper: Floats, inner: Floats, unit: float) -> Floats:
    """Where the pixels of the grid's box come from (height, width, 2).

    `lower` and `upper` (nodes, 2) say it for what moves with each lip, `inner` is the
    lips' inner edge in the drawn picture.
    """
    nodes = grid.nodes()
    seam = Seam.between(inner, unit)
    maps = grid.enlarge(lower + seam.upper_share(nodes)[:, None] * (upper - lower))
    # Between the lips the two meet in a line, sharper than the grid can show.
    mouth = grid.part(np.concatenate([inner - 2 * grid.step, inner + 2 * grid.step]))
    if mouth is not None:
        rows = mouth.nodes_within(grid)
        both = mouth.enlarge(np.concatenate([lower[rows], upper[rows] - lower[rows]], 1))
        # A place between the two lips' would show the teeth that were between them.
        sharp = np.rint(filled(seam.above() - mouth.corner, mouth.width, mouth.height))
        beside = mouth.enlarge(seam.beside(nodes[rows]))
        part = maps[mouth.within(grid)]
        exact = both[..., :2] + sharp[..., None] * both[..., 2:]
        part += np.clip(-beside / MEETING, 0, 1)[..., None] * (exact - part)
    return maps


def inside_lips(inner: Floats, unit: Floats) -> Floats:
    """The points (..., 20, 2) of open lips' inner edges, moved into the lips.

    `unit` (...) is pixels per IOD. The mesh lies on the edge to within a pixel or two; teeth
    must not stick to a lip.
    """
    gap = inner[..., :CORNER:-1, :] - inner[..., 1:CORNER, :]
    size = np.linalg.norm(gap, axis=-1, keepdims=True)
    most = np.minimum(unit[..., None, None], size / np.float32(OPEN))
    margin = np.float32(LIP_MARGIN) * most * gap / np.maximum(size, np.float32(1e-3))
    moved = inner.copy()
    moved[..., 1:CORNER, :] -= margin
    moved[..., :CORNER:-1, :] += margin
    return moved


def touching(inner: Floats, down: Floats, least: float) -> Floats:
    """The ring `inner` (n, 2), nowhere thinner than `least` pixels along `down` (2,)."""
    turn = len(inner) // 2
    size = np.linalg.norm(inner[:turn:-1] - inner[1:turn], axis=1, keepdims=True)
    missing = np.maximum(least - size, 0) / 2 * down
    out = inner.copy()
    out[1:turn] -= missing
    out[:turn:-1] += missing
    return out


def contact(gap: float, unit: float) -> float:
    """Thickness in pixels of the shadow where lips meet that were `gap` IOD apart.

    Lips that were closed already bring that shadow with them.
    """
    return CONTACT * unit * min(1.0, gap / OPEN)
