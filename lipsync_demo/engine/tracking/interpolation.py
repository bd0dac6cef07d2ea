"""The points of a frame between two the mesh has looked at, at a tenth of the mesh's cost.

They lie about midway; what is missing is learned from the clip itself. Wherever the mesh saw
three frames equally far apart, what it said of the middle one is compared with the middle of the
other two, beside how the mouth looks there and what it looks like in the others (ridge
regression). Where the mouth looks much unlike the two, nothing is interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_OUTER, Pose, fit_pose
from lipsync_demo.engine.face.stored_points import USED, used
from lipsync_demo.engine.mouths.appearance import SIZE, descriptor
from lipsync_demo.engine.mouths.sample import patch_box
from lipsync_demo.engine.video.picture import Picture

TRIPLES_NEEDED = 32
"""Frame triples needed before interpolating."""
RIDGE = 1.0
"""Regularisation of the regression, in mean squares of a descriptor's values."""
GROWTH = 1.25
"""The rule is made anew when this many times as much is known."""
AT_ONCE = 32
"""Frames that are added to what is known together."""
LONGEST_GAP = 4
"""Frames between two looks at most; a power of two."""
MOST_CHANGE = {2: 0.5, 4: 0.3}
"""Of how a mouth looks, by how many frames the two looks lie apart: one that differs from their
mean by more of itself is looked at."""
MOST_MOTION = 0.2
"""Faces that move further between the two are looked at, IOD."""
TRIPLES_TRIED = 8
"""Frame triples on which the rule of the shot before is tried: it must beat the middle."""

_CORNERS = [LIPS_OUTER[0], LIPS_OUTER[len(LIPS_OUTER) // 2]]


@dataclass(frozen=True, eq=False, slots=True)
class Observation:
    """A face the mesh has seen: its `points` (478, 3) in pixels of the frame `number`, and the
    luma `grey` (height, width) around its mouth, whose first pixel is at `corner` (2,).

    `pose` is the head's, near enough to tell directions and lengths.
    """

    number: int
    points: Floats
    pose: Pose
    grey: Image
    corner: Floats
    descriptor: Floats

    @classmethod
    def of(cls, number: int, picture: Picture, points: Floats) -> Observation:
        pose = fit_pose(points)
        grey, corner = _luma(picture, points, pose)
        return cls(number, points, pose, grey, corner, _looked(grey, corner, points))


@dataclass(frozen=True, eq=False, slots=True)
class Midpoint:
    """What is known of a face in the frame `number` without any rule: the middle `points`
    (478, 3) of two sights, the first one's `pose`, and how differently from their mean its mouth
    looks there."""

    number: int
    points: Floats
    pose: Pose
    grey: Image
    corner: Floats
    change: Floats

    @classmethod
    def of(
        cls, before: Observation, number: int, picture: Picture, after: Observation
    ) -> Midpoint | None:
        """For the frame midway; None when the face moved too far or looks too different."""
        moved = (after.points - before.points)[_CORNERS, :2]
        if np.abs(moved).max() > MOST_MOTION * after.pose.scale:
            return None
        points = _middle(before, after)
        grey, corner = _luma(picture, points, before.pose)
        change = np.subtract(_looked(grey, corner, points), _mean_look(before, after))
        most = MOST_CHANGE[after.number - before.number]
        size = np.linalg.norm(before.descriptor) * np.linalg.norm(after.descriptor)
        if np.square(change).sum() > most * most * size:
            return None
        return cls(number, points, before.pose, grey, corner, change)

    def sight(self, points: Floats) -> Observation:
        """As one of the mesh's, with these points."""
        descriptor = _looked(self.grey, self.corner, points)
        return Observation(self.number, points, self.pose, self.grey, self.corner, descriptor)


class Interpolator:
    """What is known of one face; `like` is what was known of the one in the shot before."""

    def __init__(self, like: Interpolator | None = None) -> None:
        size, terms = SIZE[0] * SIZE[1], len(USED) * 3
        self._squares = np.zeros((size, size))
        self._products = np.zeros((size, terms))
        self._rule = np.zeros((size, terms), np.float32)
        self._waiting: list[tuple[Floats, Floats]] = []
        self._known, self._next = 0, TRIPLES_NEEDED
        self._like = like if like is not None and like.ready else None
        self._missed = self._middle_missed = 0.0

    @property
    def ready(self) -> bool:
        """Whether enough was seen to guess."""
        return self._known >= TRIPLES_NEEDED

    def learn(self, before: Observation, seen: Observation, after: Observation) -> None:
        """Three frames the mesh has looked at, equally far apart."""
        middle = _middle(before, after)
        change = np.subtract(_looked(seen.grey, seen.corner, middle), _mean_look(before, after))
        turn = before.pose.rotation / before.pose.scale
        missing = (used(seen.points - middle) @ turn).ravel()
        self._waiting.append((change, missing))
        self._known += 1
        # Together: one by one the sums would come from memory each time.
        if len(self._waiting) == AT_ONCE or self._known == self._next:
            self._sum()
        if self._known == self._next:
            self._solve()
        if self._like is not None:
            self._try(self._like, change, missing)

    def _try(self, like: Interpolator, change: Floats, missing: Floats) -> None:
        self._missed += float(np.square(missing - change @ like._rule).sum())
        self._middle_missed += float(np.square(missing).sum())
        if self._known == TRIPLES_TRIED:
            self._like = None
            if self._missed < self._middle_missed:
                self._squares += like._squares
                self._products += like._products
                self._known += like._known
                self._sum()
                self._solve()

    def _sum(self) -> None:
        if not self._waiting:
            return
        changes, missing = (np.stack(rows) for rows in zip(*self._waiting, strict=True))
        self._squares += changes.T @ changes
        self._products += changes.T @ missing
        self._waiting.clear()

    def _solve(self) -> None:
        self._next = int(self._known * GROWTH) + 1
        size = len(self._squares)
        ridge = RIDGE * np.trace(self._squares) / size * np.eye(size)
        self._rule = np.linalg.solve(self._squares + ridge, self._products).astype(np.float32)

    def interpolate(self, halfway: Midpoint) -> Floats:
        """The points (478, 3) of a face halfway between two sights."""
        points = halfway.points.copy()
        missing = np.asarray(halfway.change @ self._rule, np.float32).reshape(-1, 3)
        points[USED] += missing @ (halfway.pose.rotation.T * halfway.pose.scale)
        return points


def _middle(before: Observation, after: Observation) -> Floats:
    return np.asarray((before.points + after.points) / 2, np.float32)


def _luma(picture: Picture, points: Floats, pose: Pose) -> tuple[Image, Floats]:
    """What is looked at, a copy, and its first pixel."""
    left, top, right, bottom = picture.box(*patch_box(points, float(pose.scale)))
    return picture.y[top:bottom, left:right].copy(), np.array([left, top], np.float32)


def _looked(grey: Image, corner: Floats, points: Floats) -> Floats:
    left, right = points[_CORNERS, :2] - corner
    return descriptor(grey, left, right)


def _mean_look(before: Observation, after: Observation) -> Floats:
    return np.asarray((before.descriptor + after.descriptor) / 2, np.float32)
