"""Geometry of one frame: current and wanted landmarks of the lower face."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil, floor

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import (
    NOSE_BASE,
    Pose,
    fit_pose,
    head_measures,
)
from lipsync_demo.engine.face.motion_model import (
    MOVING,
    MouthModel,
)
from lipsync_demo.engine.warping.blend import ramp
from lipsync_demo.engine.warping.controls import INNER, covered
from lipsync_demo.engine.warping.curves import smooth_closed
from lipsync_demo.engine.warping.grid import Grid
from lipsync_demo.engine.warping.seam import inside_lips

NODES = 12
"""Grid nodes per IOD where lips move."""
SKIN_NODES = 8
"""Grid nodes per IOD where only skin moves."""
MIN_STEP = 2
"""Least distance of nodes, pixels."""
SIDE_FALLOFF = (0.72, 1.15)
"""Distance from the middle of the face, IOD, over which the motion falls from full to none."""
TOP_FALLOFF = (0.02, 0.32)
"""The same above the base of the nose."""
BOTTOM_FALLOFF = (0.03, 0.5)
"""The same below the chin."""
MAX_JAW = 0.45
"""Largest displacement of the chin downwards, IOD."""
EDGE_FALLOFF = 0.35
"""Distance from a picture's edge that cuts the face, IOD, over which the motion rises to full."""
_CHIN = 152
_ENDS = np.array((NOSE_BASE, _CHIN))
_MOVING = np.array(MOVING)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """A frame whose mouth changes, in its pixels.

    `source` (len(MOVING), 2) are its landmarks, the edges of open lips moved into the lips;
    `placed` (len(MOVING), 2) the wanted ones. `nose` is the base of the nose and `chin` the chin
    (3,) in head axes, IOD; `low` is the lower of the chin's current and wanted y. `ring` (n, 2) is
    the outline of a mouth patch, `extent` the top left and bottom right (2, 2) of the motion.
    """

    pose: Pose
    nose: Floats
    chin: Floats
    low: float
    source: Floats
    placed: Floats
    ring: Floats
    extent: Floats

    @classmethod
    def several(
        cls, points: Floats, targets: Floats, strengths: Floats, model: MouthModel, poses: Pose
    ) -> list[Scene]:
        """Return the scenes of n frames with landmarks `points` (n, 478, 3) and `poses`.

        Each mouth moves the fraction `strengths` (n,) of the way to the measures `targets` (n, 5).
        Scenes do not depend on each other.
        """
        heads = poses.to_head(points)
        now = head_measures(heads)
        moved = model.move(heads, now, now + strengths[:, None] * (targets - now))
        sources = np.ascontiguousarray(np.take(points, _MOVING, 1)[..., :2])
        turns = poses.scale[:, None, None] * poses.rotation[:, :2]
        placed = sources + np.take(moved - heads, _MOVING, 1) @ turns.swapaxes(1, 2)
        sources[:, INNER] = inside_lips(np.take(sources, INNER, 1), poses.scale)
        rings = smooth_closed(covered(placed), 3)
        nose, chin = heads[:, NOSE_BASE], heads[:, _CHIN]
        most = chin[:, 1] + np.float32(MAX_JAW)
        low = np.minimum(np.maximum(chin[:, 1], moved[:, _CHIN, 1]), most)
        extents = _extent(poses, nose, chin, low)
        return [
            cls(
                pose=poses.at(i),
                nose=nose[i],
                chin=chin[i],
                low=float(low[i]),
                source=sources[i],
                placed=placed[i],
                ring=ring,
                extent=extent,
            )
            for i, (ring, extent) in enumerate(zip(rings, extents, strict=True))
        ]

    def seen_from(self, left: int, top: int) -> Scene:
        """Return the scene in a crop with this top left."""
        corner = np.array((left, top, 0), np.float32)
        return replace(
            self,
            pose=self.pose.seen_from(corner),
            source=self.source - corner[:2],
            placed=self.placed - corner[:2],
            ring=self.ring - corner[:2],
            extent=self.extent - corner[:2],
        )

    @cached_property
    def unit(self) -> float:
        """Pixels per IOD."""
        return float(self.pose.scale)

    @cached_property
    def inner(self) -> Floats:
        """The wanted inner edge of the lips (n, 2), a spline from the left corner."""
        return smooth_closed(self.placed[INNER], 6)

    @property
    def gap(self) -> float:
        """Gap between the frame's lips, IOD."""
        return float(np.linalg.norm(self.source[INNER[5]] - self.source[INNER[15]])) / self.unit

    def grid(self, width: int, height: int) -> Grid | None:
        """Return the grid over everything that moves; None if that is outside the picture."""
        (left, top), (right, bottom) = self.extent.tolist()
        # Pixels outside the reach must not change.
        limits = (
            max(floor(left), 0),
            max(floor(top), 0),
            min(ceil(right) + 1, width),
            min(ceil(bottom) + 1, height),
        )
        return Grid.around(self.extent, _step(self.unit, SKIN_NODES), limits)

    def covered(self, face: Grid, rim: float) -> Grid | None:
        """Return the grid over the mouth patch and `rim` pixels around it, within `face`.

        None if nothing is left.
        """
        limits = (face.left, face.top, face.left + face.width, face.top + face.height)
        margin = np.float32(rim)
        places = np.concatenate([self.ring - margin, self.ring + margin])
        return Grid.around(places, _step(self.unit, NODES), limits)

    def window(self, grid: Grid) -> Floats:
        """Return the fraction of the motion at the grid's nodes (n, 1).

        It is 0 from one step inside the edge, so that pixels at the edge keep still.
        """
        turn = self.pose.scale * self.pose.rotation[:, :2]
        (a, b), (c, d) = turn[:2].tolist()
        # Nodes are taken to lie in the chin's depth plane, where the rotation can be inverted.
        origin = self.pose.translation + self.pose.scale * self.pose.rotation[:, 2] * self.chin[2]
        columns, rows = grid.axes()
        across, down = columns - origin[0], rows[:, None] - origin[1]
        size = a * d - b * c
        x, y = (d / size) * across - (b / size) * down, (a / size) * down - (c / size) * across
        rim = grid.step / self.unit
        still = np.ones_like(x)
        for beyond, (full, none) in (
            (np.abs(x), SIDE_FALLOFF),
            (self.nose[1] - y, TOP_FALLOFF),
            (y - np.float32(self.low), BOTTOM_FALLOFF),
        ):
            still *= 1 - ramp(beyond, full, max(none - rim, full + 0.05))
        return np.asarray(still.reshape(-1, 1), np.float32)

    def held(self, grid: Grid, width: int, height: int) -> Floats:
        """Return the fraction of the motion in x and y that the nodes may follow (n, 2), so that
        nothing comes from outside a picture of `width` x `height` pixels that cuts the face."""
        columns, rows = grid.axes()
        reach = np.float32(EDGE_FALLOFF * self.unit)
        shares = []
        for places, length, low, high in zip(
            (columns, rows), (width, height), *self.extent, strict=True
        ):
            share = np.ones_like(places)
            if low < 0:
                share = np.minimum(share, (places + 0.5) / reach)
            if high > length:
                share = np.minimum(share, (length - 0.5 - places) / reach)
            shares.append(np.clip(share, 0, 1))
        return np.stack(np.meshgrid(*shares), -1).reshape(-1, 2)


def _step(unit: float, nodes: int) -> int:
    return max(round(unit / nodes), MIN_STEP)


def reach(points: Floats) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom, pixels, of what drawing a mouth may read or change.

    `points` (478, 3) are in pixels.
    """
    poses = fit_pose(points[None])
    nose, chin = np.split(poses.to_head(points[None, _ENDS]), 2, 1)
    low = chin[:, 0, 1] + np.float32(MAX_JAW)
    ((left, top), (right, bottom)) = _extent(poses, nose[:, 0], chin[:, 0], low)[0].tolist()
    return left - 1, top - 1, right + 1, bottom + 1


def _extent(poses: Pose, nose: Floats, chin: Floats, low: Floats) -> Floats:
    """Return top left and bottom right (n, 2, 2), pixels, of what may move.

    `nose` and `chin` (n, 3) are in head axes, IOD; `low` (n,) is the lowest y of the chin there.
    """
    corners = np.empty((len(nose), 4, 3), np.float32)
    corners[..., 0] = (-SIDE_FALLOFF[1], -SIDE_FALLOFF[1], SIDE_FALLOFF[1], SIDE_FALLOFF[1])
    corners[:, ::2, 1] = nose[:, 1:2] - np.float32(TOP_FALLOFF[1])
    corners[:, 1::2, 1] = low[:, None] + np.float32(BOTTOM_FALLOFF[1])
    corners[..., 2] = chin[:, 2:]
    places = poses.to_picture(corners)[..., :2]
    return np.stack([places.min(1), places.max(1)], 1)
