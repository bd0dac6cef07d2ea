"""The light on a face: mean and standard deviation of the luma of skin near the mouth.

Fades, flashes and fog change code values linearly, out = gain in + shift: a fade to black scales
level and contrast alike, one to white lowers the contrast and raises the level.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.warping.blend import ramp

SKIN_SIDE = 0.2
"""Width of the measured skin beside the lips, IOD."""
SKIN_TOP = 0.5
"""Upper edge of the measured skin above the lips, IOD."""
SKIN_BOTTOM = 0.03
"""Lower edge of the measured skin above the lips, IOD."""
NOISE = 1.0
"""Code values added to both sides of every ratio, so that black does not divide by zero."""
LEVEL_RANGE = (0.12, 0.3)
"""Log ratio of levels: up to the first value a turn of the head explains it, from the second on the
light has changed."""
CONTRAST_RANGE = (0.4, 0.7)
"""The same for the log ratio of contrasts minus that of levels."""
LIFT_COST = 8.0
"""Cost of raising the contrast, per squared log ratio."""
SHADE_COST = 4.0
"""Cost of a different level, per squared log ratio."""
MAX_SHADE = 1.0
"""Log ratio of levels from which the cost is constant."""
FREE_LIFT = 0.3
"""Log ratio up to which raising the contrast is free: heads turn."""


def light(rgb: Image, lips: Floats, unit: float) -> Floats:
    """Return level and contrast (2,) of the skin above the outer `lips` (n, 2), code values.

    `lips` are in pixels of `rgb` (height, width, 3), `unit` is pixels per IOD. Zeros if none of
    that skin is in the picture.
    """
    (left, top), (right, _) = lips.min(0).tolist(), lips.max(0).tolist()
    rows = slice(max(int(top - SKIN_TOP * unit), 0), max(int(top - SKIN_BOTTOM * unit), 0))
    columns = slice(max(int(left - SKIN_SIDE * unit), 0), max(int(right + SKIN_SIDE * unit), 0))
    skin = rgb[rows, columns]
    if skin.size == 0:
        return np.zeros(2, np.float32)
    mean, spread = cv2.meanStdDev(cv2.cvtColor(skin, cv2.COLOR_RGB2GRAY))
    return np.array([mean[0, 0], spread[0, 0]], np.float32)


def relit(source: Floats, base: Floats) -> tuple[float, float]:
    """Return the gain and the shift (code values) from the light `source` (2,) to `base` (2,);
    1 and 0 if the light is indistinguishable."""
    level, contrast = _ratios(source, base).tolist()
    fog = float(ramp(abs(contrast - level), *CONTRAST_RANGE))
    change = level + fog * (contrast - level)
    gain = float(np.exp(change * float(ramp(abs(change), *LEVEL_RANGE))))
    return gain, fog * float(base[0] - gain * source[0])


def costs(frames: Floats, sources: Floats) -> Floats:
    """Return the costs (n, m) of mouths in light `sources` (m, 2) in frames in `frames` (n, 2)."""
    ratios = _ratios(sources[None], frames[:, None])
    lift = np.maximum(ratios[..., 1] - FREE_LIFT, 0)
    shade = np.minimum(np.abs(ratios[..., 0]), MAX_SHADE)
    return np.asarray(LIFT_COST * lift**2 + SHADE_COST * shade**2, np.float32)


def _ratios(source: Floats, base: Floats) -> Floats:
    """Return the log ratios (..., 2) of level and contrast, 0 where one is unknown."""
    known = (source > 0).any(-1, keepdims=True) & (base > 0).any(-1, keepdims=True)
    return np.asarray(known * np.log((base + NOISE) / (source + NOISE)), np.float32)
