"""Lip closures in speech: the phonemes P, B, M."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import convolve1d, maximum_filter1d, uniform_filter1d

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.speech.shapes import SPEECH_THRESHOLD, Shapes

CLOSURE_THRESHOLD = 0.3
"""Probability of closed lips from which they touch."""
PEAK_THRESHOLD = 0.06
"""Least probability at a peak. Sound alone seldom gives more than 0.5, so lips also touch at local
maxima."""
PEAK_RADIUS = 0.06
"""Seconds around a peak in which no value is higher."""
MIN_PEAK_RATIO = 1.6
"""Least ratio of a peak to the mean around it."""
MEAN_RADIUS = 0.24
"""Seconds around a peak over which that mean is taken."""
PEAK_DECAY = 0.04
"""Seconds in which a closure at a peak decays to 1/e."""


def closures(shapes: Shapes) -> Floats:
    """Return how surely lips touch (n,), 0 to 1."""
    closed = np.asarray(shapes.closed, np.float32)
    near, around = (2 * round(seconds * shapes.rate) + 1 for seconds in (PEAK_RADIUS, MEAN_RADIUS))
    peaks = closed == maximum_filter1d(closed, near, mode="nearest")
    peaks &= (
        (closed >= PEAK_THRESHOLD)
        & (closed < CLOSURE_THRESHOLD)
        & (shapes.speech > SPEECH_THRESHOLD)
    )
    peaks &= closed >= MIN_PEAK_RATIO * uniform_filter1d(closed, around, mode="nearest")
    steps = np.arange(-near, near + 1) / shapes.rate
    shape = np.exp(-np.square(steps / PEAK_DECAY))
    touches = convolve1d(peaks.astype(np.float32), shape, mode="constant")
    return np.asarray(np.clip(np.maximum(closed / CLOSURE_THRESHOLD, touches), 0, 1), np.float32)
