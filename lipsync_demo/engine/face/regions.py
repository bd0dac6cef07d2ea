"""Detections, landmarks, and the rotated square that is cropped for the mesh.

Crops follow MediaPipe's graphs: a square, rotated so that the eyes are level, 1.5 times as wide as
the face.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Doubles, Floats

POINTS = 478
"""Landmarks of the mesh."""
ROI_MARGIN = 1.5
"""Side of the crop relative to the longer side of the face's box."""
RIGHT_EYE_CORNER = 33
"""Landmark at the outer corner of the person's right eye."""
LEFT_EYE_CORNER = 263
"""Landmark at the outer corner of the person's left eye."""


@dataclass(frozen=True, eq=False, slots=True)
class Face:
    """One detection: `box` (x, y, width, height) and `keypoints` (6, 2) in pixels.

    Keypoints are, as seen in the picture: left eye, right eye, nose tip, mouth, left ear,
    right ear. `score` is the detector's probability.
    """

    box: Floats
    keypoints: Floats
    score: float


@dataclass(frozen=True, eq=False, slots=True)
class Landmarks:
    """Landmarks `points` (478, 3) in pixels of the frame; `score` is presence, 0 to 1."""

    points: Floats
    score: float

    @property
    def box(self) -> Floats:
        """The bounding box (x, y, width, height) of the landmarks, pixels."""
        low, high = self.points[:, :2].min(0), self.points[:, :2].max(0)
        return np.concatenate([low, high - low])


@dataclass(frozen=True, slots=True)
class Region:
    """A rotated square of the frame: centre and side in pixels, angle in radians."""

    x: float
    y: float
    side: float
    angle: float

    def onto(self, side: int) -> Doubles:
        """Return the affine matrix (2, 3) from the frame to a square crop of `side` pixels."""
        matrix = np.empty((2, 3))
        matrix[:, :2] = side / self.side * rotation(self.angle).T
        matrix[:, 2] = (side - 1) / 2 - matrix[:, :2] @ (self.x, self.y)
        return matrix


def face_region(face: Face) -> Region:
    """Return the mesh's crop for a detection."""
    x, y, width, height = face.box
    return Region(
        float(x + width / 2),
        float(y + height / 2),
        float(max(width, height)) * ROI_MARGIN,
        _angle(face.keypoints[0], face.keypoints[1]),
    )


def landmark_region(points: Floats) -> Region:
    """Return the mesh's crop for the next frame, from this frame's landmarks (478, 3)."""
    angle = _angle(points[RIGHT_EYE_CORNER], points[LEFT_EYE_CORNER])
    turn = rotation(angle)
    level = points[:, :2] @ turn
    low, high = level.min(0), level.max(0)
    x, y = turn @ ((low + high) / 2)
    return Region(float(x), float(y), float((high - low).max()) * ROI_MARGIN, angle)


def rotation(angle: float) -> Doubles:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def _angle(start: Floats, end: Floats) -> float:
    return float(np.arctan2(end[1] - start[1], end[0] - start[0]))
