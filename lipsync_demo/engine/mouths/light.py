"""The light on a face: how bright the skin beside its mouth is, and how much it differs.

What fades, dims, flashes or lies in fog is a linear change of code values, out = gain in + shift:
a fade to black changes level and contrast alike, one to white lessens the contrast and raises
the level.
"""

from __future__ import annotations

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.warping.blend import ramp

SIDE = 0.2
"""IOD beside the lips to which skin is looked at."""
HIGH = 0.5
"""IOD above the lips from which skin is looked at."""
LOW = 0.03
"""IOD above the lips down to which skin is looked at."""
NOISE = 1.0
"""Of the codes, added to both sides of every ratio: black is never quite black."""
ORDINARY = (0.12, 0.3)
"""Logarithms of a ratio of levels: up to the first a head's turn in one light explains it, from
the second on the light itself has changed."""
FOGGY = (0.4, 0.7)
"""The same of the ratio of contrasts beside that of levels."""
LIFTED = 8.0
"""Cost of a contrast that must be raised, for the squared logarithm of the ratio."""
SHADED = 4.0
"""Cost of a level that differs, for the squared logarithm of the ratio."""
MOST_SHADED = 1.0
"""Logarithm of a ratio of levels beyond which all cost the same."""
SLACK = 0.3
"""A contrast raised by no more costs nothing: heads turn. Logarithm."""


def light(rgb: Image, lips: Floats, unit: float) -> Floats:
    """The level and the contrast (2,) of the skin above the outer `lips` (n, 2), in codes.

    `lips` are pixels of `rgb` (height, width, 3), `unit` is pixels per IOD. Zeros where none
    of that skin is in the picture.
    """
    (left, top), (right, _) = lips.min(0).tolist(), lips.max(0).tolist()
    rows = slice(max(int(top - HIGH * unit), 0), max(int(top - LOW * unit), 0))
    columns = slice(max(int(left - SIDE * unit), 0), max(int(right + SIDE * unit), 0))
    skin = rgb[rows, columns]
    if skin.size == 0:
        return np.zeros(2, np.float32)
    mean, spread = cv2.meanStdDev(cv2.cvtColor(skin, cv2.COLOR_RGB2GRAY))
    return np.array([mean[0, 0], spread[0, 0]], np.float32)


def relit(donor: Floats, base: Floats) -> tuple[float, float]:
    """The gain and the shift, in codes, that bring what is in the light `donor` (2,) into that
    of `base` (2,); 1 and 0 where the light is the same for all one can tell."""
    level, contrast = _ratios(donor, base).tolist()
    fog = float(ramp(abs(contrast - level), *FOGGY))
    change = level + fog * (contrast - level)
    gain = float(np.exp(change * float(ramp(abs(change), *ORDINARY))))
    return gain, fog * float(base[0] - gain * donor[0])


def costs(frames: Floats, donors: Floats) -> Floats:
    """What it costs (n, m) to show donors in the light of `donors` (m, 2) in `frames` (n, 2)."""
    ratios = _ratios(donors[None], frames[:, None])
    lift = np.maximum(ratios[..., 1] - SLACK, 0)
    shade = np.minimum(np.abs(ratios[..., 0]), MOST_SHADED)
    return np.asarray(LIFTED * lift**2 + SHADED * shade**2, np.float32)


def _ratios(donor: Floats, base: Floats) -> Floats:
    """Logarithms of the ratios (..., 2) of level and contrast, 0 where one is unknown."""
    known = (donor > 0).any(-1, keepdims=True) & (base > 0).any(-1, keepdims=True)
    return np.asarray(known * np.log((base + NOISE) / (donor + NOISE)), np.float32)
