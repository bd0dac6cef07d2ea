"""Resampling that restores the sharpness linear interpolation loses."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image


def sampled(image: Image, maps: Floats) -> Image:
    """Return the image (h, w, 3) at the places `maps` (height, width, 2), resharpened.

    At fraction f between two pixels, linear interpolation loses about f (1 - f) times the second
    difference, which is added back.
    """
    drawn = cv2.remap(  # type: ignore[call-overload]
        image, maps, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    _, part = cv2.convertMaps(maps, None, cv2.CV_16SC2)  # type: ignore[call-overload]
    # Grain is in the luma, so one channel is enough.
    grey = cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)
    bent = cv2.filter2D(grey, cv2.CV_32F, _SECOND_DIFFERENCE, borderType=cv2.BORDER_REPLICATE)
    missing = cv2.multiply(bent, _interpolation_loss().take(part, mode="clip"), dtype=cv2.CV_16S)
    return np.asarray(cv2.add(drawn, cv2.merge([missing] * 3), dtype=cv2.CV_8U), np.uint8)


_RESTORED_SHARE = 0.2
_SECOND_DIFFERENCE = np.array([[0, -1, 0], [-1, 4, -1], [0, -1, 0]], np.float32) * _RESTORED_SHARE


@cache
def _interpolation_loss() -> Floats:
    """Return the loss (1024,), 0 to 1, for OpenCV's fraction indices y * 32 + x."""
    f = np.arange(cv2.INTER_TAB_SIZE) / cv2.INTER_TAB_SIZE
    one = 4 * f * (1 - f)
    return np.asarray((one[:, None] + one) / 2, np.float32).ravel()
