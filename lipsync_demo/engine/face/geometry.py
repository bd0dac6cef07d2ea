"""Landmark indices, head pose, five mouth measures and the lips' shape.

Indices are those of MediaPipe's 478-point mesh; "left" and "right" are as seen in the picture.
Functions take the landmarks (..., 478, 3) of any number of frames and keep the leading axes.
Lengths are in inter-ocular distances (IOD): the distance between the centres of the eyes, seen
from the front.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices

# Both rings start at the left corner and run over the upper lip; landmark i of one is
# opposite landmark i of the other.
LIPS_OUTER = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
LIPS_INNER = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
LIPS = LIPS_OUTER + LIPS_INNER
"""Both rings of the lips."""
# The jaw line from ear to ear.
JAW = (
    132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361,
)  # fmt: skip
CHIN = (148, 152, 377, 176, 400)
"""The lower edge of the chin."""
EYES = (33, 133, 263, 362)
"""Corners of the left eye, then of the right eye."""
NOSE_BASE = 2
"""The base of the nose."""

# Landmarks that speech does not move, with their positions in MediaPipe's canonical face model
# (face_geometry metadata of the bundle): origin between the eyes, x right, y down, z away
# from the camera, in IOD.
_CANONICAL = (
    (10, 0.000, -0.894, -0.161), (54, -0.996, -0.633, 0.324), (284, 0.996, -0.633, 0.324),
    (67, -0.559, -0.854, -0.042), (297, 0.559, -0.854, -0.042), (109, -0.300, -0.890, -0.128),
    (338, 0.300, -0.890, -0.128), (103, -0.814, -0.771, 0.128), (332, 0.814, -0.771, 0.128),
    (127, -1.229, 0.041, 0.868), (356, 1.229, 0.041, 0.868), (143, -1.017, 0.062, 0.302),
    (372, 1.017, 0.062, 0.302), (33, -0.705, -0.006, 0.046), (263, 0.705, -0.006, 0.046),
    (133, -0.295, 0.006, -0.046), (362, 0.295, 0.006, -0.046), (117, -0.834, 0.266, 0.078),
    (346, 0.834, 0.266, 0.078), (119, -0.524, 0.280, -0.065), (348, 0.524, 0.280, -0.065),
    (121, -0.289, 0.184, -0.120), (350, 0.289, 0.184, -0.120), (6, 0.000, 0.024, -0.369),
    (168, 0.000, -0.103, -0.281), (197, 0.000, 0.142, -0.452), (195, 0.000, 0.248, -0.525),
    (5, 0.000, 0.358, -0.599), (4, 0.000, 0.490, -0.654), (129, -0.283, 0.572, -0.220),
    (358, 0.283, 0.572, -0.220), (198, -0.198, 0.380, -0.352), (420, 0.198, 0.380, -0.352),
)  # fmt: skip
RIGID = tuple(row[0] for row in _CANONICAL)
"""Landmarks that speech does not move."""
CANONICAL = np.array([row[1:] for row in _CANONICAL], np.float32)
"""Their positions (n, 3) in the canonical face model, IOD."""
_RIGID = np.array(RIGID)
_MODEL_MIDDLE = CANONICAL.mean(0, dtype=np.float64)
_MODEL = (CANONICAL - _MODEL_MIDDLE) / len(RIGID)
_MODEL_SPREAD = float(((CANONICAL - _MODEL_MIDDLE) ** 2).sum(-1).mean())

MEASURES = ("opening", "width", "roundness", "protrusion", "jaw")
"""Names of the mouth measures; see `measures`."""
# Landmarks of the measures: three pairs of the inner lips, the outer corners, the middle of the
# outer lips (the first of each pair, then the second), the chin, the base of the nose.
_MEASURED = np.array((13, 82, 312, 61, 0, 14, 87, 317, 291, 17, *CHIN, NOSE_BASE))

SMOOTHING_TAPS = 5
"""Length of the smoothing filter, frames."""


@dataclass(frozen=True, eq=False, slots=True)
class Pose:
    """A 3-D similarity: points = scale * rotation @ head + translation.

    `rotation` (..., 3, 3) maps head axes to picture axes; `scale` (...) is pixels per IOD;
    `translation` (..., 3) is the point between the eyes, in pixels.
    """

    rotation: Floats
    scale: Floats
    translation: Floats

    def to_head(self, points: Floats) -> Floats:
        """Transform points (..., n, 3) from pixels to head axes, IOD."""
        moved = (points - self.translation[..., None, :]) @ self.rotation
        return np.asarray(moved / self.scale[..., None, None], np.float32)

    def to_picture(self, head: Floats) -> Floats:
        """Transform points (..., n, 3) from head axes, IOD, to pixels."""
        turned = head @ np.swapaxes(self.rotation, -1, -2)
        return np.asarray(
            turned * self.scale[..., None, None] + self.translation[..., None, :], np.float32
        )

    def at(self, number: int | Indices) -> Pose:
        """Return the pose of one or several frames."""
        return Pose(self.rotation[number], self.scale[number], self.translation[number])

    def seen_from(self, corner: Floats) -> Pose:
        """Return the pose in a crop with its top left at `corner` (3,), pixels."""
        return Pose(self.rotation, self.scale, self.translation - corner)

    @property
    def yaw(self) -> Floats:
        """Yaw in radians; 0 faces the camera, positive turns to the picture's right."""
        return np.asarray(np.arctan2(-self.rotation[..., 0, 2], self.rotation[..., 2, 2]))

    @property
    def pitch(self) -> Floats:
        """Pitch in radians; positive looks down."""
        return np.asarray(np.arcsin(np.clip(-self.rotation[..., 1, 2], -1, 1)))

    @property
    def roll(self) -> Floats:
        """Roll in radians; positive is clockwise in the picture."""
        return np.asarray(np.arctan2(self.rotation[..., 1, 0], self.rotation[..., 1, 1]))


def iod(points: Floats) -> Floats:
    """Return the inter-ocular distance (...) in pixels, depth included."""
    corners = np.take(points, EYES, -2)
    apart = (corners[..., :2, :] - corners[..., 2:, :]).mean(-2)
    return np.asarray(np.sqrt((apart * apart).sum(-1)), np.float32)


def fit_pose(points: Floats) -> Pose:
    """Return the head pose fitted to the rigid landmarks (Umeyama 1991, least squares)."""
    rigid = points[..., _RIGID, :].astype(np.float64)
    # The model is centred, so the landmarks need not be.
    covariance = np.swapaxes(rigid, -1, -2) @ _MODEL
    u, singular, vt = np.linalg.svd(covariance)
    mirrored = np.linalg.det(covariance) < 0
    u[..., 2] = np.where(mirrored[..., None], -u[..., 2], u[..., 2])
    singular[..., 2] = np.where(mirrored, -singular[..., 2], singular[..., 2])
    rotation = u @ vt
    scale = singular.sum(-1) / _MODEL_SPREAD
    translation = rigid.mean(-2) - scale[..., None] * (rotation @ _MODEL_MIDDLE)
    return Pose(
        rotation.astype(np.float32),
        np.asarray(scale, np.float32),
        translation.astype(np.float32),
    )


def measures(points: Floats, pose: Pose) -> Floats:
    """Return the five measures (..., 5) that speech drives, in the order of MEASURES.

    opening     gap between the inner lips, mean of three pairs, IOD
    width       distance of the outer corners, IOD
    roundness   height of the outer lips over their width
    protrusion  depth of the middle of the lips towards the camera, IOD
    jaw         height from the base of the nose down to the chin, IOD
    """
    return _measured(pose.to_head(np.take(points, _MEASURED, -2)))


def head_measures(head: Floats) -> Floats:
    """Return the measures (..., 5) of landmarks (..., 478, 3) in head axes."""
    return _measured(np.take(head, _MEASURED, -2))


def _measured(head: Floats) -> Floats:
    apart = head[..., 0:5, :] - head[..., 5:10, :]
    distance = np.sqrt((apart * apart).sum(-1))
    opening, width, height = distance[..., :3].mean(-1), distance[..., 3], distance[..., 4]
    protrusion = -head[..., (4, 9, 0, 5), 2].mean(-1)
    jaw = head[..., 10:-1, 1].mean(-1) - head[..., -1, 1]
    return np.stack([opening, width, height / width, protrusion, jaw], -1).astype(np.float32)


def lip_shape(points: Floats, pose: Pose) -> Floats:
    """Return the 40 lip landmarks (..., 40, 3), outer ring first, in head axes, IOD."""
    return pose.to_head(points[..., LIPS, :])


def smooth(track: Floats) -> Floats:
    """Return the track filtered over time (axis 0): Savitzky-Golay, 5 taps, quadratic, zero lag.

    A track shorter than the filter is returned unchanged.
    """
    if len(track) < SMOOTHING_TAPS:
        return track
    # The import takes a second of CPU; the start of the page should not pay for it.
    from scipy.signal import savgol_filter

    return np.asarray(savgol_filter(track, SMOOTHING_TAPS, 2, axis=0), np.float32)
