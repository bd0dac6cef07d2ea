"""Finds the line where closed lips meet.

The mesh misplaces closed lips by up to a quarter of a lip vertically; the line would be drawn bent
or doubled.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_INNER
from lipsync_demo.engine.face.motion_model import CORNER, MOVING

SEARCH_REACH = 0.08
"""Search distance from the mesh's line, in widths of the mouth."""
SEARCH_STEPS = 33
"""Samples across the line."""
DISTANCE_COST = 0.5
"""Cost of a shift by the whole search distance, in standard deviations of luma across the lips."""

UPPER = np.array([MOVING.index(p) for p in LIPS_INNER[1:CORNER]])
LOWER = np.array([MOVING.index(p) for p in LIPS_INNER[:CORNER:-1]])
"""Indices into MOVING of opposite inner lip landmarks, without the corners."""
_CORNERS = [MOVING.index(LIPS_INNER[0]), MOVING.index(LIPS_INNER[CORNER])]


def snap_to_lip_line(patch: Image, points: Floats) -> Floats:
    """Return the MOVING `points` (n, 2), in pixels of `patch` (height, width, 3), with the inner
    lips moved to the darkest line between them; their distance is kept."""
    grey = cv2.GaussianBlur(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), (0, 0), 1).astype(np.float32)
    left, right = points[_CORNERS]
    width = max(float(np.linalg.norm(right - left)), 1.0)
    across = (right - left) / width
    down = np.array([-across[1], across[0]], np.float32)
    part = np.linspace(-1, 1, SEARCH_STEPS, dtype=np.float32)
    steps = part * np.float32(SEARCH_REACH * width)
    places = ((points[UPPER] + points[LOWER]) / 2)[:, None] + steps[:, None] * down
    light = cv2.remap(  # type: ignore[call-overload]
        grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    light = cv2.blur(light, (1, 3), borderType=cv2.BORDER_REPLICATE)
    spread = float(light.std(1).mean()) + 1
    dark = (light - light.min(1, keepdims=True)) / spread + DISTANCE_COST * part**2
    found = np.concatenate([[0], steps[dark.argmin(1)], [0]])
    # Smoothed, with fixed corners.
    shift = (found[:-2] + 2 * found[1:-1] + found[2:])[:, None] / 4 * down
    moved = points.copy()
    moved[UPPER] += shift
    moved[LOWER] += shift
    return moved
