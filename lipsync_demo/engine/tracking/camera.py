"""Tells whether a change between two pictures is a movement of the camera."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.video.picture import Picture

LINES = 72
"""Length of the shorter side of the pictures that are compared, pixels."""
MAX_SHIFT = 0.1
"""Farthest movement of a corner, relative to the shorter side; a larger one would turn one face
into another."""
MIN_EXPLAINED = 0.6
"""Least share of the mean squared change that a movement explains.  Zooms and sways of the whole
picture have .8 and more, dissolves between talking people at most .42."""
SMOOTHING = (3, 3)
"""Width and height of the filter after the reduction, pixels: aligned pixels lie between those of
the picture, and would lack its finest detail."""
STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 30, 1e-4)
"""The alignment ends after so many steps, or when the correlation grows by less."""


def small(picture: Picture) -> Floats:
    """Return the luma of a picture in small (height, width), without its finest detail."""
    height, width = picture.y.shape
    scale = LINES / min(height, width)
    size = (round(width * scale), round(height * scale))
    reduced = cv2.resize(picture.y, size, interpolation=cv2.INTER_AREA)
    return cv2.GaussianBlur(reduced, SMOOTHING, 0).astype(np.float32)


def moved(first: Floats, last: Floats) -> bool:
    """Return whether an affine movement of the whole picture leads from `first` to `last`.

    Both are results of `small`.  They are aligned by their enhanced correlation coefficient
    (Evangelidis and Psarakis 2008).
    """
    height, width = first.shape
    still = np.eye(2, 3, dtype=np.float32)
    try:
        _, way = cv2.findTransformECC(first, last, still.copy(), cv2.MOTION_AFFINE, STOP)
    except cv2.error:
        # The alignment finds no way.
        return False
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], np.float32)
    if np.linalg.norm(corners @ (way - still).T, axis=1).max() > MAX_SHIFT * min(height, width):
        return False
    back = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    aligned = cv2.warpAffine(last, way, (width, height), flags=back)
    seen = cv2.warpAffine(np.ones_like(last), way, (width, height), flags=back) >= 1
    left, change = np.square(aligned - first)[seen].mean(), np.square(last - first)[seen].mean()
    return bool(left <= (1 - MIN_EXPLAINED) * change)
