"""When lips touch in speech: P, B, M."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import convolve1d, maximum_filter1d, uniform_filter1d

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.speech.shapes import BELIEF, Shapes

CERTAIN = 0.3
"""Probability of closed lips from which on they surely touch."""
PEAK = 0.06
"""Least probability of closed lips at a peak. Sound alone seldom gives more than a half, so lips
also touch at the most likely moment of those nearby."""
NEAR = 0.06
"""Seconds before and after a peak in which no moment is likelier."""
STANDING_OUT = 1.6
"""How many times the mean of the moments around it a peak is, at least."""
AROUND = 0.24
"""Seconds before and after a peak over which that mean is taken."""
TOUCH = 0.04
"""Seconds in which a touch at a peak fades to 1/e."""


def closures(shapes: Shapes) -> Floats:
    """The probability (n,) that lips touch, raised to 1 where they surely do."""
    closed = np.asarray(shapes.closed, np.float32)
    near, around = (2 * round(seconds * shapes.rate) + 1 for seconds in (NEAR, AROUND))
    peaks = closed == maximum_filter1d(closed, near, mode="nearest")
    peaks &= (closed >= PEAK) & (closed < CERTAIN) & (shapes.speech > BELIEF)
    peaks &= closed >= STANDING_OUT * uniform_filter1d(closed, around, mode="nearest")
    steps = np.arange(-near, near + 1) / shapes.rate
    shape = np.exp(-np.square(steps / TOUCH))
    touches = convolve1d(peaks.astype(np.float32), shape, mode="constant")
    return np.asarray(np.clip(np.maximum(closed / CERTAIN, touches), 0, 1), np.float32)
