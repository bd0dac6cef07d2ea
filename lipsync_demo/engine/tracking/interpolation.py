"""Interpolates the landmarks of frames between two landmarked ones, at a tenth of the mesh's cost.

The estimate is the midpoint plus a residual that a ridge regression, fitted on the clip itself,
predicts from the change of the mouth's appearance. It is trained on triples of equally spaced
landmarked frames. Mouths that look too different from both neighbours are not interpolated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_OUTER, Pose, fit_pose
from lipsync_demo.engine.face.stored_points import USED, used
from lipsync_demo.engine.mouths.appearance import DESCRIPTOR_SIZE, descriptor
from lipsync_demo.engine.mouths.mouth_sample import patch_box
from lipsync_demo.engine.video.picture import Picture

TRIPLES_NEEDED = 32
"""Frame triples needed before interpolating."""
RIDGE = 1.0
"""Regularisation of the regression, in mean squared descriptor values."""
REFIT_GROWTH = 1.25
"""Growth of the number of triples after which the regression is refitted."""
LEARNING_BATCH = 32
"""Triples per update of the normal equations."""
LONGEST_GAP = 4
"""Largest distance of two landmarked frames; a power of two."""
MAX_APPEARANCE_CHANGE = {2: 0.5, 4: 0.3}
"""By distance of the landmarked frames: the change of appearance from their mean, relative to the
descriptors' norm, above which a frame is landmarked instead."""
MAX_MOTION = 0.2
"""Motion between the landmarked frames, IOD, above which a frame is landmarked instead."""
TRIPLES_TRIED = 8
"""Frame triples on which the previous shot's regression must beat the midpoint."""

_CORNERS = [LIPS_OUTER[0], LIPS_OUTER[len(LIPS_OUTER) // 2]]


@dataclass(frozen=True, eq=False, slots=True)
class Observation:
    """A landmarked face: `points` (478, 3) in pixels of frame `number`, and the luma `grey`
    (height, width) around its mouth, with its top left at `corner` (2,).

    `pose` is approximate; it only gives directions and lengths.
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
        return cls(number, points, pose, grey, corner, _descriptor_at(grey, corner, points))


@dataclass(frozen=True, eq=False, slots=True)
class Midpoint:
    """The midpoint of two observations at frame `number`: mean `points` (478, 3), the first one's
    `pose`, and the `change` of the descriptor from their mean."""

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
        """Return the midpoint; None if the face moved too far or looks too different."""
        moved = (after.points - before.points)[_CORNERS, :2]
        if np.abs(moved).max() > MAX_MOTION * after.pose.scale:
            return None
        points = _middle(before, after)
        grey, corner = _luma(picture, points, before.pose)
        change = np.subtract(_descriptor_at(grey, corner, points), _mean_descriptor(before, after))
        most = MAX_APPEARANCE_CHANGE[after.number - before.number]
        size = np.linalg.norm(before.descriptor) * np.linalg.norm(after.descriptor)
        if np.square(change).sum() > most * most * size:
            return None
        return cls(number, points, before.pose, grey, corner, change)

    def observation(self, points: Floats) -> Observation:
        """Return it as an observation with these landmarks (478, 3)."""
        descriptor = _descriptor_at(self.grey, self.corner, points)
        return Observation(self.number, points, self.pose, self.grey, self.corner, descriptor)


class Interpolator:
    """The regression of one face; `previous` is that of the shot before."""

    def __init__(self, previous: Interpolator | None = None) -> None:
        size, terms = DESCRIPTOR_SIZE[0] * DESCRIPTOR_SIZE[1], len(USED) * 3
        self._squares = np.zeros((size, size))
        self._products = np.zeros((size, terms))
        self._rule = np.zeros((size, terms), np.float32)
        self._waiting: list[tuple[Floats, Floats]] = []
        self._known, self._next = 0, TRIPLES_NEEDED
        self._previous = previous if previous is not None and previous.ready else None
        self._missed = self._middle_missed = 0.0

    @property
    def ready(self) -> bool:
        """Whether enough triples are known to interpolate."""
        return self._known >= TRIPLES_NEEDED

    def learn(self, before: Observation, between: Observation, after: Observation) -> None:
        """Add a triple of equally spaced landmarked frames."""
        middle = _middle(before, after)
        change = np.subtract(
            _descriptor_at(between.grey, between.corner, middle), _mean_descriptor(before, after)
        )
        turn = before.pose.rotation / before.pose.scale
        missing = (used(between.points - middle) @ turn).ravel()
        self._waiting.append((change, missing))
        self._known += 1
        # In batches: single updates would reload the matrices from memory.
        if len(self._waiting) == LEARNING_BATCH or self._known == self._next:
            self._sum()
        if self._known == self._next:
            self._solve()
        if self._previous is not None:
            self._try(self._previous, change, missing)

    def _try(self, previous: Interpolator, change: Floats, missing: Floats) -> None:
        self._missed += float(np.square(missing - change @ previous._rule).sum())
        self._middle_missed += float(np.square(missing).sum())
        if self._known == TRIPLES_TRIED:
            self._previous = None
            if self._missed < self._middle_missed:
                self._squares += previous._squares
                self._products += previous._products
                self._known += previous._known
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
        self._next = int(self._known * REFIT_GROWTH) + 1
        size = len(self._squares)
        ridge = RIDGE * np.trace(self._squares) / size * np.eye(size)
        self._rule = np.linalg.solve(self._squares + ridge, self._products).astype(np.float32)

    def interpolate(self, halfway: Midpoint) -> Floats:
        """Return the landmarks (478, 3) at a midpoint."""
        points = halfway.points.copy()
        missing = np.asarray(halfway.change @ self._rule, np.float32).reshape(-1, 3)
        points[USED] += missing @ (halfway.pose.rotation.T * halfway.pose.scale)
        return points


def _middle(before: Observation, after: Observation) -> Floats:
    return np.asarray((before.points + after.points) / 2, np.float32)


def _luma(picture: Picture, points: Floats, pose: Pose) -> tuple[Image, Floats]:
    """Return a copy of the luma around the mouth and its top left (2,)."""
    left, top, right, bottom = picture.box(*patch_box(points, float(pose.scale)))
    return picture.y[top:bottom, left:right].copy(), np.array([left, top], np.float32)


def _descriptor_at(grey: Image, corner: Floats, points: Floats) -> Floats:
    left, right = points[_CORNERS, :2] - corner
    return descriptor(grey, left, right)


def _mean_descriptor(before: Observation, after: Observation) -> Floats:
    return np.asarray((before.descriptor + after.descriptor) / 2, np.float32)
