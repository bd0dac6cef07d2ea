"""The line where closed lips meet, found in the picture.

The mesh lays closed lips up to a quarter of a lip below or above it. Drawn by such points the
line is bent, or seen twice beside the one that is drawn.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.face.geometry import LIPS_INNER
from lipsync_demo.engine.face.motion_model import CORNER, MOVING

REACH = 0.08
"""How far from the mesh's line it is looked for, in widths of the mouth."""
STEPS = 33
"""Places looked at across the line."""
NEARNESS = 0.5
"""What the whole reach costs, in spreads of the light across the lips."""

UPPER = np.array([MOVING.index(p) for p in LIPS_INNER[1:CORNER]])
LOWER = np.array([MOVING.index(p) for p in LIPS_INNER[:CORNER:-1]])
"""Places among MOVING of the inner lips' points between the corners, opposite each other."""
_CORNERS = [MOVING.index(LIPS_INNER[0]), MOVING.index(LIPS_INNER[CORNER])]


def on_the_line(patch: Image, points: Floats) -> Floats:
    """The MOVING `points` (n, 2) of a mouth in pixels of `patch` (height, width, 3), those of its
    inner lips moved across to the darkest line between the lips; as far apart as they were."""
    grey = cv2.GaussianBlur(cv2.cvtColor(patch, cv2.COLOR_RGB2GRAY), (0, 0), 1).astype(np.float32)
    left, right = points[_CORNERS]
    width = max(float(np.linalg.norm(right - left)), 1.0)
    across = (right - left) / width
    down = np.array([-across[1], across[0]], np.float32)
    part = np.linspace(-1, 1, STEPS, dtype=np.float32)
    steps = part * np.float32(REACH * width)
    places = ((points[UPPER] + points[LOWER]) / 2)[:, None] + steps[:, None] * down
    light = cv2.remap(  # type: ignore[call-overload]
        grey, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    light = cv2.blur(light, (1, 3), borderType=cv2.BORDER_REPLICATE)
    spread = float(light.std(1).mean()) + 1
    dark = (light - light.min(1, keepdims=True)) / spread + NEARNESS * part**2
    found = np.concatenate([[0], steps[dark.argmin(1)], [0]])
    # The corners stay, and the line has no steps.
    shift = (found[:-2] + 2 * found[1:-1] + found[2:])[:, None] / 4 * down
    moved = points.copy()
    moved[UPPER] += shift
    moved[LOWER] += shift
    return moved
