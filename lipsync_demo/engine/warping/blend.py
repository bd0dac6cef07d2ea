"""Soft masks and colour transfer on the coarse grid of a warp."""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.warping.grid import Grid

SUBPIXEL_BITS = 4
"""Fractional bits of polygon corners."""
MAX_GAIN = 2.5
"""Largest local colour gain, after the light of the whole face is matched."""
NOISE = 4.0
"""Code values added to both sides of a ratio, so that black borders give no gain."""


def filled(ring: Floats, width: int, height: int) -> Floats:
    """Return a polygon (n, 2) in pixels as an antialiased mask (height, width), 0 to 1."""
    mask = np.zeros((height, width), np.uint8)
    corners = np.round(ring * (1 << SUBPIXEL_BITS)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, SUBPIXEL_BITS)
    return np.asarray(mask.astype(np.float32) / 255)


def feathered(grid: Grid, ring: Floats, softness: float) -> Floats:
    """Return a polygon as a mask (rows, columns) at the nodes, blurred by `softness` pixels."""
    mask = filled(grid.at_nodes(ring), grid.columns, grid.rows)
    sigma = softness / grid.step
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def colour_gain(base: Floats, patch: Floats, mask: Floats, reach: float) -> Floats:
    """What to multiply `patch` by so that its border fits `base`; all at nodes.

    Pictures are (rows, columns, 3), as is the gain. It is taken where `mask` (rows, columns)
    is neither 0 nor 1 and spread `reach` nodes inwards: the light is carried over, no detail.
    """
    border = (mask * (1 - mask))[..., None] + np.float32(1e-6)
    spread = cv2.GaussianBlur(np.dstack([base * border, patch * border, border]), (0, 0), reach)
    floor = NOISE * spread[..., 6:]
    gain = (spread[..., :3] + floor) / (spread[..., 3:6] + floor)
    return np.asarray(np.clip(gain, 1 / MAX_GAIN, MAX_GAIN), np.float32)


def smoothstep(values: Floats | float) -> Floats:
    """Return 0 below 0, 1 above 1, a cubic between."""
    t = np.clip(values, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def ramp(values: Floats | float, low: float | Floats, high: float | Floats) -> Floats:
    """Return 0 below `low`, 1 above `high`, a cubic between."""
    return smoothstep((values - low) / (high - low))


def mixed(under: Image, over: Image, share: Floats) -> Image:
    """Return two pictures (height, width, 3) blended; `share` (height, width) weighs `over`."""
    return np.asarray(cv2.blendLinear(over, under, share, 1 - share), np.uint8)
