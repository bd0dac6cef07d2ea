"""Maps the five mouth measures to the landmarks of the lower face.

The map is linear in head axes, fitted over many speakers by `lab/training/lips.py` and adapted to
the person by ridge regression.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from lipsync_demo.engine.arrays import Doubles, Floats
from lipsync_demo.engine.face.geometry import JAW, LIPS_INNER, LIPS_OUTER, MEASURES, head_measures

WEIGHTS = Path(__file__).parents[1] / "weights" / "mouth_motion.npz"
"""The general motion, fitted by `lab/training/lips.py`."""

# Rings of skin around the lips, from the left corner over the upper lip.
NEAR_SKIN = (
    57, 186, 92, 165, 167, 164, 393, 391, 322, 410, 287, 273, 335, 406, 313, 18, 83, 182, 106, 43,
)  # fmt: skip
FAR_SKIN = (
    216, 206, 203, 98, 97, 2, 326, 327, 423, 426, 436,
    432, 422, 424, 418, 421, 200, 201, 194, 204, 202, 212,
)  # fmt: skip
CHIN_SKIN = (214, 210, 211, 32, 208, 199, 428, 262, 431, 430, 434, 140, 171, 175, 396, 369)
CHEEKS = (205, 425, 187, 411, 147, 376, 123, 352, 50, 280, 207, 427, 192, 416, 213, 433)
MOVING = LIPS_OUTER + LIPS_INNER + NEAR_SKIN + FAR_SKIN + CHIN_SKIN + CHEEKS + JAW
"""Landmarks that move with the mouth."""

CORNER = 10
"""Index of the right corner in the lips' rings, which start at the left corner."""
_MOVING = np.array(MOVING)
_UPPER = np.array(LIPS_INNER[1:CORNER])
_LOWER = np.array(LIPS_INNER[:CORNER:-1])
_MIDDLE = [_UPPER.tolist().index(point) for point in (82, 13, 312)]

UPPER_SHARE = 0.35
"""Fraction of a correction of the opening that moves the upper lip."""
PRIOR_FRAMES = 40.0
"""Weight of the general motion, in frames of ordinary speech."""
CORRECTIONS = 1
"""Iterations that correct for the measures' nonlinearity."""


@dataclass(frozen=True, eq=False, slots=True)
class MouthModel:
    """The map `motion` (5, len(MOVING), 3): IOD in head axes per unit of a measure."""

    motion: Floats

    @classmethod
    def general(cls) -> MouthModel:
        """Return the model fitted over many speakers."""
        return cls(_general()[0])

    @classmethod
    def fit(cls, heads: Floats, values: Floats) -> MouthModel:
        """Return the model adapted to a person.

        `heads` (n, 478, 3) are landmarks in head axes, IOD, `values` (n, 5) their measures.
        """
        motion, spread = _general()
        if len(values) < 2:
            return cls(motion)
        x = (values - values.mean(0)).astype(np.float64)
        moved = heads[:, MOVING].astype(np.float64)
        rest = moved - moved.mean(0) - np.tensordot(x, motion, 1)
        gram = x.T @ x + PRIOR_FRAMES * spread
        own = np.linalg.solve(gram, np.tensordot(x.T, rest, 1).reshape(len(MEASURES), -1))
        return cls((motion + own.reshape(motion.shape)).astype(np.float32))

    def move(self, head: Floats, now: Floats, target: Floats) -> Floats:
        """Return the landmarks `head` (..., 478, 3), in head axes, moved from `now` to `target`.

        Both are measures (..., 5). Measures are not quite linear in the landmarks, so the
        residual is corrected in a second step. Lips never cross.
        """
        moved = head.copy()
        moved[..., _MOVING, :] += self._displacement(target - now)
        for _ in range(CORRECTIONS):
            moved[..., _MOVING, :] += self._displacement(target - head_measures(moved))
        return _part_lips(moved, target[..., 0])

    def _displacement(self, change: Floats) -> Floats:
        """Return the displacement (..., n, 3) of the MOVING landmarks for a `change` (..., 5)."""
        # One face at a time: rounding must not depend on the batch size.
        moved = change[..., None, :] @ self.motion.reshape(len(MEASURES), -1)
        return np.asarray(moved.reshape(*change.shape[:-1], -1, 3), np.float32)


def _part_lips(head: Floats, opening: Floats) -> Floats:
    """Set the gap of the inner lips to exactly `opening` (...) in place; lips never cross."""
    gap = np.take(head, _LOWER, -2) - np.take(head, _UPPER, -2)
    parted = gap.copy()
    parted[..., 1] = np.maximum(gap[..., 1], 0)
    middle = np.linalg.norm(parted[..., _MIDDLE, :], axis=-1).mean(-1)
    size = np.maximum(opening, 0) / np.maximum(middle, np.float32(1e-3))
    change = parted * size[..., None, None] - gap
    head[..., _UPPER, :] -= np.float32(UPPER_SHARE) * change
    head[..., _LOWER, :] += np.float32(1 - UPPER_SHARE) * change
    return head


@cache
def _general() -> tuple[Floats, Doubles]:
    """Return the general motion and the covariance (5, 5) of the measures in ordinary speech."""
    with np.load(WEIGHTS) as file:
        return file["motion"].astype(np.float32), file["spread"].astype(np.float64)
