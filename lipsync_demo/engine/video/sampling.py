"""Affine warps of a plane or picture."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Doubles, Image


def warped(image: Image, matrix: Doubles, side: int, outside: int = 0) -> Image:
    """Return the image (height, width[, 3]) warped by the 2x3 `matrix` to (side, side[, 3]).

    At half the scale or less, areas are averaged first: bilinear sampling would alias. Outside
    the image the value is `outside`.
    """
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    if scale > 0.5:
        return _drawn(image, matrix, side, outside)
    inverse = cv2.invertAffineTransform(matrix)
    corners = np.array([[0, 0], [side, 0], [0, side], [side, side]])
    placed = corners @ inverse[:, :2].T + inverse[:, 2]
    left, top = np.maximum(np.floor(placed.min(0)).astype(int), 0)
    right, bottom = np.ceil(placed.max(0)).astype(int) + 1
    part = image[top:bottom, left:right]
    if part.size == 0:
        return np.full((side, side, *image.shape[2:]), outside, np.uint8)
    factor = int(1 / scale)
    # cv2 averages whole blocks several times faster than ragged ones.
    height, width = (max(1, length // factor) for length in part.shape[:2])
    part = part[: height * factor, : width * factor]
    small = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    ratio = np.array([part.shape[1] / width, part.shape[0] / height])
    moved = np.empty((2, 3))
    moved[:, :2] = matrix[:, :2] * ratio
    moved[:, 2] = matrix[:, 2] + matrix[:, :2] @ ((ratio - 1) / 2 + (left, top))
    return _drawn(np.asarray(small, np.uint8), moved, side, outside)


def halved(matrix: Doubles) -> Doubles:
    """Return the same warp between two pictures of half the size.

    A pixel at half size is centred between four at full size.
    """
    moved = matrix.copy()
    moved[:, 2] = matrix[:, 2] / 2 + matrix[:, :2] @ (0.25, 0.25) - 0.25
    return moved


def _drawn(image: Image, matrix: Doubles, side: int, outside: int) -> Image:
    border = (outside,) * 3
    drawn = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=border)
    return np.asarray(drawn, np.uint8)
