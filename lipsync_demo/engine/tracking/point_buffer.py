"""A growing array of one face's landmarks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.stored_points import USED, whole

FRAME_BATCH = 512
"""Frames per batch, and growth of the array."""


class PointBuffer:
    """Landmarks (len(USED), 3) by frame, in one block: many small ones would fragment the heap.

    `lights` holds the light (2,) on the face in each frame, as in `light.py`.
    """

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.lights: list[Floats] = []
        self._points = np.empty((0, len(USED), 3), np.float32)

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, points: Floats, lit: Floats) -> None:
        """Append frame `number` with its landmarks (len(USED), 3) and light (2,)."""
        if len(self) == len(self._points):
            self._points.resize((len(self) + FRAME_BATCH, *points.shape), refcheck=False)
        self._points[len(self)] = points
        self.numbers.append(number)
        self.lights.append(lit)

    def drop_from(self, number: int) -> None:
        """Drop everything from frame `number` on."""
        kept = sum(one < number for one in self.numbers)
        del self.numbers[kept:], self.lights[kept:]

    @property
    def points(self) -> Floats:
        """The landmarks (n, len(USED), 3), pixels, in the order of `numbers`."""
        return self._points[: len(self)]


def in_parts(few: Floats) -> Iterator[Floats]:
    """Yield the landmarks (m, 478, 3) of `few` in batches, to bound memory."""
    for start in range(0, len(few), FRAME_BATCH):
        yield whole(few[start : start + FRAME_BATCH])
