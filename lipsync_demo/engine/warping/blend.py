"""Soft masks and colour transfer on the coarse grid of a warp."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.warping.grid import Grid

SUBPIXEL = 4
MOST_GAIN = 2.5
"""What is left to do when the light of all of the face is the same."""
NOISE = 4.0
"""Added to both sides so that black borders are not compared."""


def filled(ring: Floats, width: int, height: int) -> Floats:
    """A polygon (n, 2) in pixels as a mask (height, width), 0 to 1 with soft edges."""
    mask = np.zeros((height, width), np.uint8)
    corners = np.round(ring * (1 << SUBPIXEL)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, SUBPIXEL)
    return np.asarray(mask.astype(np.float32) / 255)


def feathered(grid: Grid, ring: Floats, softness: float) -> Floats:
    """A polygon as a mask (rows, columns) at the grid's nodes, blurred by `softness` pixels."""
    mask = filled(grid.at_nodes(ring), grid.columns, grid.rows)
    sigma = softness / grid.step
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def colour_gain(base: Floats, donor: Floats, mask: Floats, reach: float) -> Floats:
    """What to multiply `donor` by so that its border fits `base`; all at nodes.

    Pictures are (rows, columns, 3), as is the gain. It is taken where `mask` (rows, columns)
    is neither 0 nor 1 and spread `reach` nodes inwards: the light is carried over, no detail.
    """
    border = (mask * (1 - mask))[..., None] + np.float32(1e-6)
    spread = cv2.GaussianBlur(np.dstack([base * border, donor * border, border]), (0, 0), reach)
    floor = NOISE * spread[..., 6:]
    gain = (spread[..., :3] + floor) / (spread[..., 3:6] + floor)
    return np.asarray(np.clip(gain, 1 / MOST_GAIN, MOST_GAIN), np.float32)


def smoothstep(values: Floats | float) -> Floats:
    """0 below 0, 1 above 1, smooth between."""
    t = np.clip(values, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def ramp(values: Floats | float, low: float | Floats, high: float | Floats) -> Floats:
    """0 below `low`, 1 above `high`, smooth between."""
    return smoothstep((values - low) / (high - low))


def mixed(under: Image, over: Image, share: Floats) -> Image:
    """Two pictures (height, width, 3), of the second the part `share` (height, width)."""
    return np.asarray(cv2.blendLinear(over, under, share, 1 - share), np.uint8)
