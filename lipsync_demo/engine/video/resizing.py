"""Resizes the pictures of a stream whose size changes."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Image
from lipsync_demo.engine.video.picture import Picture, blank
from lipsync_demo.media.picture.sizes import Size, within

NEUTRAL_CHROMA = 128
"""Code value of neutral chroma."""


def resized(picture: Picture, size: Size) -> Picture:
    """Return the picture scaled to `size` (width, height); both sides are even."""
    half = (size[0] // 2, size[1] // 2)
    smaller = size[0] < picture.width or size[1] < picture.height
    way = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    planes = [
        np.asarray(cv2.resize(plane, to, interpolation=way), np.uint8)
        for plane, to in ((picture.y, size), (picture.u, half), (picture.v, half))
    ]
    return Picture(planes[0], planes[1], planes[2], picture.colours)


def fitted(picture: Picture, size: Size) -> Picture:
    """Return the picture scaled to fit `size` (width, height, even), centred on black."""
    if (picture.width, picture.height) == size:
        return picture
    inner = resized(picture, within((picture.width, picture.height), size))
    left, top = ((size[0] - inner.width) // 4 * 2, (size[1] - inner.height) // 4 * 2)
    whole = blank(*size, picture.colours)
    for plane, part, empty, step in (
        (whole.y, inner.y, picture.colours.black, 1),
        (whole.u, inner.u, NEUTRAL_CHROMA, 2),
        (whole.v, inner.v, NEUTRAL_CHROMA, 2),
    ):
        _lay(plane, part, empty, left // step, top // step)
    return whole.shared


def _lay(plane: Image, part: Image, empty: int, left: int, top: int) -> None:
    plane[:] = empty
    plane[top : top + part.shape[0], left : left + part.shape[1]] = part
