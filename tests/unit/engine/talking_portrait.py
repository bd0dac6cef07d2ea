"""A portrait that talks: frames drawn from one picture, and what was drawn."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from lipsync_demo.engine.drawing.renderer import MouthRenderer
from lipsync_demo.engine.face.geometry import fit_pose, measures
from lipsync_demo.engine.face.landmarker import FaceLandmarker
from lipsync_demo.engine.mouths.builder import build_library
from lipsync_demo.engine.mouths.selection import MouthSelection
from tests.unit.engine.conftest import portrait

Rgb = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@cache
def still() -> tuple[Rgb, Floats]:
    """The portrait, enlarged, and its landmarks."""
    picture = np.asarray(
        cv2.resize(portrait(size=200), (500, 500), interpolation=cv2.INTER_CUBIC), np.uint8
    )
    found = FaceLandmarker().track(picture)
    assert found is not None
    return picture, found.points


def measured(points: Floats) -> Floats:
    return measures(points, fit_pose(points))


def mouth(opening: float) -> Floats:
    """The portrait's measures with another opening, outer lips and jaw following."""
    _, points = still()
    target = measured(points).copy()
    change = opening - float(target[0])
    target[0] = opening
    target[2] += change / target[1]
    target[4] += 0.5 * change
    return target


@cache
def talking(count: int = 24) -> list[tuple[int, Rgb, Floats]]:
    """Frames (index, rgb, points) whose mouth opens and closes twice."""
    picture, points = still()
    renderer = MouthRenderer(build_library([(0, picture, points)]))
    landmarker = FaceLandmarker()
    frames = []
    for index in range(count):
        opening = 0.15 - 0.15 * float(np.cos(4 * np.pi * index / count))
        drawn = renderer.render(picture, points, mouth(opening), MouthSelection())
        found = landmarker.track(drawn)
        assert found is not None
        frames.append((index, drawn, found.points))
    return frames
