"""One frame's geometry: where the points of the lower face are, and where they shall be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.blend import ramp
from lipsync_demo.engine.contour import (
    CHEEKS,
    CHIN_SKIN,
    CORNER,
    FAR_SKIN,
    MOVING,
    NEAR_SKIN,
    MouthModel,
    measured,
)
from lipsync_demo.engine.mouth import (
    JAW,
    LIPS_INNER,
    LIPS_OUTER,
    NOSE_BASE,
    Pose,
    fit_pose,
)
from lipsync_demo.engine.seam import inside_lips
from lipsync_demo.engine.warp import Grid, Plates, smooth_closed

Floats = NDArray[np.float32]
Indices = NDArray[np.intp]

NODES, SKIN_NODES = 12, 8
"""Of the grid for each IOD: where lips move, and where only skin does."""
LEAST_STEP = 2
"""Pixels between nodes at least."""
SIDE, ABOVE, BELOW = (0.72, 1.15), (0.02, 0.32), (0.03, 0.5)
"""How far from the middle of the face, above the base of the nose and below the chin pixels
move fully, and from where on they do not move at all, IOD."""
MOST_JAW = 0.45
"""How far the chin may be drawn below its place, IOD."""
RING_SCALE = 1.12
"""What a mouth covers: the ring of skin around the lips, enlarged."""

_CHIN = 152
_ENDS = np.array((NOSE_BASE, _CHIN))
_MOVING = np.array(MOVING)


def _numbers(points: tuple[int, ...]) -> Indices:
    """Their places among MOVING."""
    return np.array([MOVING.index(point) for point in points])


OUTER, INNER, NEAR = _numbers(LIPS_OUTER), _numbers(LIPS_INNER), _numbers(NEAR_SKIN)
"""Places among MOVING, as are all below."""
_SKIN = np.concatenate(
    [NEAR, _numbers(FAR_SKIN[1::2] + CHIN_SKIN[::2] + CHEEKS[:8] + JAW[3:-3:2] + (NOSE_BASE,))]
)
_LOWER_LIP = np.concatenate([OUTER[CORNER + 1 :], INNER[CORNER + 1 :]])
_UPPER_LIP = np.concatenate([OUTER[1:CORNER], INNER[1:CORNER]])
_LIPS = np.concatenate([OUTER, INNER])
SKIN = np.union1d(OUTER, _SKIN)
"""What the frame is held by; its lips are covered."""
DONOR = np.union1d(_LIPS, np.concatenate([NEAR, _numbers((NOSE_BASE, 205, 425, 199, 175))]))
DONOR_UPPER, DONOR_LOWER = np.setdiff1d(DONOR, _LOWER_LIP), np.setdiff1d(DONOR, _UPPER_LIP)
"""What a mouth laid over it is held by, whole or lip by lip."""


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame whose mouth is to change. Places are (len(MOVING), 2) in its pixels.

    `source` are the points as they are, open lips' edges taken inside the lips; `placed`
    as they shall be. `head` and `moved` are all points in head axes, before and after.
    """

    pose: Pose
    head: Floats
    moved: Floats
    source: Floats
    placed: Floats

    @classmethod
    def of(
        cls,
        points: Floats,
        target: Floats,
        strength: float,
        model: MouthModel,
        pose: Pose | None = None,
    ) -> Scene:
        """For landmarks (478, 3), and their `pose`, when it is known.

        The mouth goes the part `strength` of the way to the measures `target` (5,).
        """
        pose = fit_pose(points) if pose is None else pose
        head = pose.to_head(points)
        now = measured(head)
        moved = model.move(head, now, now + np.float32(strength) * (target - now))
        source = points[_MOVING, :2].copy()
        placed = source + (moved - head)[_MOVING] @ (pose.scale * pose.rotation[:2]).T
        source[INNER] = inside_lips(source[INNER], float(pose.scale))
        return cls(pose, head, moved, source, placed)

    @cached_property
    def unit(self) -> float:
        """Pixels per IOD."""
        return float(self.pose.scale)

    @cached_property
    def inner(self) -> Floats:
        """The wanted inner edge of the lips (n, 2), smooth, from the left corner."""
        return smooth_closed(self.placed[INNER], 6)

    @cached_property
    def ring(self) -> Floats:
        """The edge (n, 2) of what a donor covers."""
        ring = self.placed[NEAR]
        middle = ring.mean(0)
        return smooth_closed(middle + np.float32(RING_SCALE) * (ring - middle), 3)

    @property
    def gap(self) -> float:
        """Between the lips of the frame as it is, IOD."""
        return float(np.linalg.norm(self.source[INNER[5]] - self.source[INNER[15]])) / self.unit

    @property
    def chin(self) -> float:
        """The lower of the chin's two heights in head axes."""
        before, after = float(self.head[_CHIN, 1]), float(self.moved[_CHIN, 1])
        return min(max(before, after), before + MOST_JAW)

    def grid(self, width: int, height: int) -> Grid | None:
        """Over everything that moves; None when that lies outside the picture."""
        nose, chin = self.head[_ENDS]
        places = self.pose.to_picture(_corners(nose, chin, self.chin))[:, :2]
        # Not a pixel further: only what is within reach may change.
        left, top = np.maximum(np.floor(places.min(0)), 0).astype(int).tolist()
        right, bottom = np.minimum(np.ceil(places.max(0)) + 1, (width, height)).astype(int).tolist()
        return Grid.around(places, _step(self.unit, SKIN_NODES), (left, top, right, bottom))

    def covered(self, face: Grid, rim: float) -> Grid | None:
        """Over what the mouth covers and `rim` pixels more, inside the grid `face`.

        None when nothing of it is there.
        """
        limits = (face.left, face.top, face.left + face.width, face.top + face.height)
        margin = np.float32(rim)
        places = np.concatenate([self.ring - margin, self.ring + margin])
        return Grid.around(places, _step(self.unit, NODES), limits)

    def window(self, grid: Grid) -> Floats:
        """How much of the motion applies at each of the grid's nodes (n, 1).

        Nothing from a step before the edge on, so that pixels at the edge stay.
        """
        back = np.linalg.inv(self.pose.scale * self.pose.rotation[:2, :2])
        depth = np.array([[0, 0, self.head[_CHIN, 2]]], np.float32)
        x, y = ((grid.nodes() - self.pose.to_picture(depth)[0, :2]) @ back.T).T
        top, rim = self.head[NOSE_BASE, 1], grid.step / self.unit
        beyond = np.stack([np.abs(x), top - y, y - self.chin], 1)
        full, none = np.array([SIDE, ABOVE, BELOW], np.float32).T
        rising = ramp(beyond, full, np.maximum(none - rim, full + np.float32(0.05)))
        return np.asarray((1 - rising).prod(1, keepdims=True), np.float32)


class SceneWarp:
    """The plates of a scene held by the points `held`, asked at the nodes of `grid`."""

    def __init__(self, scene: Scene, grid: Grid, held: Indices) -> None:
        self._placed = scene.placed
        self._held = held
        self._nodes = grid.nodes()
        self._plates = Plates(scene.placed[held], self._nodes, scene.unit)

    def sources(self, pictures: Sequence[Floats], held: Indices) -> list[Floats]:
        """Where the nodes come from (n, 2) in each of `pictures`.

        Those are given by their points (len(MOVING), 2); `held` are the numbers of those to
        follow, a part of the warp's own.
        """
        placed = self._placed[held]
        shifts = np.concatenate([points[held] - placed for points in pictures], 1)
        moved = self._plates.shifts(np.searchsorted(self._held, held), shifts)
        return [self._nodes + moved[:, 2 * i : 2 * i + 2] for i in range(len(pictures))]


def _step(unit: float, nodes: int) -> int:
    return max(round(unit / nodes), LEAST_STEP)


def reach(points: Floats, pose: Pose | None = None) -> tuple[float, float, float, float]:
    """Left, top, right and bottom, in pixels, of what drawing a mouth may read or change.

    `points` (478, 3) in pixels; `pose` is theirs, when it is known.
    """
    pose = fit_pose(points) if pose is None else pose
    nose, chin = pose.to_head(points[_ENDS])
    places = pose.to_picture(_corners(nose, chin, float(chin[1]) + MOST_JAW))[:, :2]
    low, high = places.min(0) - 1, places.max(0) + 1
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _corners(nose: Floats, chin: Floats, low: float) -> Floats:
    """Corners (4, 3), in head axes, of what may move when the chin is at height `low`.

    `nose` and `chin` (3,) are the base of the nose and the chin as they are.
    """
    heights = (nose[1] - ABOVE[1], low + BELOW[1])
    return np.array([[x, y, chin[2]] for x in (-SIDE[1], SIDE[1]) for y in heights], np.float32)
