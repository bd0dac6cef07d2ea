"""The mouth as numbers: index tables, head pose, five measures and the lips' shape.

Indices are those of MediaPipe's 478-point mesh; "left" and "right" are as seen in the
picture. Every function takes points of one frame (478, 3) or of many (..., 478, 3) and
keeps the leading axes. Lengths are in inter-ocular distances (IOD): the distance between
the centres of the eyes, seen from the front.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lipsync_demo.engine.arrays import Floats, Indices

# Both rings start at the left corner and run over the upper lip; index i of one lies
# opposite index i of the other.
LIPS_OUTER = (
    61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146,
)  # fmt: skip
LIPS_INNER = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)  # fmt: skip
LIPS = LIPS_OUTER + LIPS_INNER
# The edge of the face from ear to ear under the chin.
JAW = (
    132, 58, 172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 288, 361,
)  # fmt: skip
CHIN = (148, 152, 377, 176, 400)
EYES = (33, 133, 263, 362)
"""The corners of the left one, and of the right one."""
NOSE_BASE = 2

# Points that speech does not move, with their places in MediaPipe's canonical face model
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
CANONICAL = np.array([row[1:] for row in _CANONICAL], np.float32)
_RIGID = np.array(RIGID)
_MODEL_MIDDLE = CANONICAL.mean(0, dtype=np.float64)
_MODEL = (CANONICAL - _MODEL_MIDDLE) / len(RIGID)
_MODEL_SPREAD = float(((CANONICAL - _MODEL_MIDDLE) ** 2).sum(-1).mean())

MEASURES = ("opening", "width", "roundness", "protrusion", "jaw")
# What measures need: three pairs of the inner lips, the outer corners, the middle of the
# outer lips (the first of each, then the second), the chin, the base of the nose.
_MEASURED = np.array((13, 82, 312, 61, 0, 14, 87, 317, 291, 17, *CHIN, NOSE_BASE))

SMOOTHING_TAPS = 5


@dataclass(frozen=True, eq=False, slots=True)
class Pose:
    """A 3-D similarity: points = scale * rotation @ head + translation.

    `rotation` (..., 3, 3) turns the head's axes into the picture's; `scale` (...) is
    pixels per IOD; `translation` (..., 3) is the point between the eyes, in pixels.
    """

    rotation: Floats
    scale: Floats
    translation: Floats

    def to_head(self, points: Floats) -> Floats:
        """Points (..., n, 3) in pixels to head axes, in IOD."""
        moved = (points - self.translation[..., None, :]) @ self.rotation
        return np.asarray(moved / self.scale[..., None, None], np.float32)

    def to_picture(self, head: Floats) -> Floats:
        """Points (..., n, 3) in head axes, in IOD, to pixels."""
        turned = head @ np.swapaxes(self.rotation, -1, -2)
        return np.asarray(
            turned * self.scale[..., None, None] + self.translation[..., None, :], np.float32
        )

    def at(self, number: int | Indices) -> Pose:
        """One of many, or several."""
        return Pose(self.rotation[number], self.scale[number], self.translation[number])

    def seen_from(self, corner: Floats) -> Pose:
        """In a picture cut out at `corner` (3,), in pixels."""
        return Pose(self.rotation, self.scale, self.translation - corner)

    @property
    def yaw(self) -> Floats:
        """Radians; 0 faces the camera, positive turns towards the picture's right."""
        return np.asarray(np.arctan2(-self.rotation[..., 0, 2], self.rotation[..., 2, 2]))

    @property
    def pitch(self) -> Floats:
        """Radians; positive looks down."""
        return np.asarray(np.arcsin(np.clip(-self.rotation[..., 1, 2], -1, 1)))

    @property
    def roll(self) -> Floats:
        """Radians; positive leans clockwise as seen in the picture."""
        return np.asarray(np.arctan2(self.rotation[..., 1, 0], self.rotation[..., 1, 1]))


def iod(points: Floats) -> Floats:
    """Distance between the centres of the eyes in pixels (...), depth included."""
    corners = np.take(points, EYES, -2)
    apart = (corners[..., :2, :] - corners[..., 2:, :]).mean(-2)
    return np.asarray(np.sqrt((apart * apart).sum(-1)), np.float32)


def fit_pose(points: Floats) -> Pose:
    """The head's pose from its rigid points (Umeyama 1991, least squares)."""
    rigid = points[..., _RIGID, :].astype(np.float64)
    # The model is centred, so the points need not be.
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
    """The five numbers speech drives (..., 5), in the order of MEASURES.

    opening     gap between the inner lips, mean of three pairs, IOD
    width       between the outer corners, IOD
    roundness   height of the outer lips over their width
    protrusion  how far the middle of the lips stands out of the head, IOD
    jaw         from the base of the nose down to the chin, IOD
    """
    return _measured(pose.to_head(np.take(points, _MEASURED, -2)))


def head_measures(head: Floats) -> Floats:
    """The same (..., 5) for faces (..., 478, 3) in head axes."""
    return _measured(np.take(head, _MEASURED, -2))


def _measured(head: Floats) -> Floats:
    apart = head[..., 0:5, :] - head[..., 5:10, :]
    distance = np.sqrt((apart * apart).sum(-1))
    opening, width, height = distance[..., :3].mean(-1), distance[..., 3], distance[..., 4]
    protrusion = -head[..., (4, 9, 0, 5), 2].mean(-1)
    jaw = head[..., 10:-1, 1].mean(-1) - head[..., -1, 1]
    return np.stack([opening, width, height / width, protrusion, jaw], -1).astype(np.float32)


def lip_shape(points: Floats, pose: Pose) -> Floats:
    """The 40 lip points (..., 40, 3), outer ring then inner, in head axes and IOD."""
    return pose.to_head(points[..., LIPS, :])


def smooth(track: Floats) -> Floats:
    """Savitzky-Golay over time (axis 0), 5 taps, quadratic: no lag, little loss of peaks.

    A track shorter than the filter comes back as it is.
    """
    if len(track) < SMOOTHING_TAPS:
        return track
    # Loading it takes a second of CPU, which the page's start would pay too.
    from scipy.signal import savgol_filter

    return np.asarray(savgol_filter(track, SMOOTHING_TAPS, 2, axis=0), np.float32)
