"""The points of a face frame after frame, in one piece of memory."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.stored_points import USED, whole

AT_ONCE = 512
"""Frames whose points are measured at a time."""


class PointBuffer:
    """Points (len(USED), 3) by frame in one piece of memory: many small ones stay in the heap.

    `lights` has the light (2,) on the face in each, as in `light.py`.
    """

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.lights: list[Floats] = []
        self._points = np.empty((0, len(USED), 3), np.float32)

    def __len__(self) -> int:
        return len(self.numbers)

    def add(self, number: int, points: Floats, lit: Floats) -> None:
        if len(self) == len(self._points):
            self._points.resize((len(self) + AT_ONCE, *points.shape), refcheck=False)
        self._points[len(self)] = points
        self.numbers.append(number)
        self.lights.append(lit)

    def forget(self, number: int) -> None:
        """Everything from frame `number` on."""
        kept = sum(one < number for one in self.numbers)
        del self.numbers[kept:], self.lights[kept:]

    @property
    def points(self) -> Floats:
        """(n, len(USED), 3), in the order of `numbers`."""
        return self._points[: len(self)]


def in_parts(few: Floats) -> Iterator[Floats]:
    """All points of some frames at a time: all of all frames would be large."""
    for start in range(0, len(few), AT_ONCE):
        yield whole(few[start : start + AT_ONCE])
