"""The speech as the output plays it: what a mouth does at any output time."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.ndimage import convolve1d, maximum_filter1d, uniform_filter1d

from lipsync_demo.engine.arrays import Doubles, Floats
from lipsync_demo.media.sync_modes import Timeline

DOUBT, BELIEF = 0.2, 0.5
"""Probability of speech below which nobody speaks, and from which on someone does."""
HOLD, FADE = 0.2, 0.06
"""How long before and after speech the mouth still follows the speech model, and half of how
long it takes to rest, s. The model knows what mouths do in short pauses: few close them."""

CERTAIN = 0.3
"""Probability of closed lips from which on they surely touch."""
PEAK, NEAR = 0.06, 0.06
STANDING_OUT, AROUND = 1.6, 0.24
"""Sound alone seldom gives more than a half, so lips also touch at a peak: the most likely moment
within `NEAR` seconds before and after, when it is at least `PEAK` and so many times the mean
within `AROUND`."""
TOUCH = 0.04
"""How soon a touch at a peak fades, s."""


class Shapes(Protocol):
    """What is known of the speech, `rate` times a second, row j at j / rate seconds.

    `measures` (n, 5) in units of ordinary speech, in the order of `mouth.MEASURES`;
    `closed` (n,) the probability that lips are together, `speech` (n,) that someone speaks.
    """

    @property
    def rate(self) -> int: ...
    @property
    def measures(self) -> Floats: ...
    @property
    def closed(self) -> Floats: ...
    @property
    def speech(self) -> Floats: ...


class LaidOutSpeech:
    """Speech shapes laid along the output."""

    def __init__(self, shapes: Shapes, laid: Timeline) -> None:
        self._shapes = shapes
        self._together = _together(shapes)
        self._speaking = _speaking(shapes)
        self._laid = laid

    def at(self, seconds: Doubles) -> tuple[Floats, Floats, Floats]:
        """`measures` (m, 5), `together` and `speech` (m,) at m moments of the output.

        `together` is 1 where lips touch, and less where that is doubtful. `speech` is 1 in speech
        and shortly before and after it, and 0 where the mouth rests. Nobody speaks where the
        output is silent.
        """
        heard = np.full(len(seconds), np.nan)
        for segment in self._laid.audio:
            if segment.source_start is not None:
                inside = (seconds >= float(segment.start)) & (seconds < float(segment.end))
                heard[inside] = seconds[inside] + float(segment.source_start - segment.start)
        silent = np.isnan(heard)
        places = np.where(silent, 0, heard) * self._shapes.rate
        measures = _between(self._shapes.measures, places)
        together = _between(self._together[:, None], places)[:, 0]
        speech = _between(self._speaking[:, None], places)[:, 0]
        speech[silent] = together[silent] = 0
        return measures, together, speech


def _speaking(shapes: Shapes) -> Floats:
    """How far the mouth follows the speech model, (n,) from 0, at rest, to 1."""
    believed = np.clip((shapes.speech - DOUBT) / (BELIEF - DOUBT), 0, 1)
    hold, fade = (2 * round(seconds * shapes.rate) + 1 for seconds in (HOLD + FADE, FADE))
    held = maximum_filter1d(believed, hold, mode="nearest")
    return np.asarray(uniform_filter1d(held, fade, mode="nearest"), np.float32)


def _together(shapes: Shapes) -> Floats:
    """How surely lips touch (n,), 0 to 1."""
    closed = np.asarray(shapes.closed, np.float32)
    near, around = (2 * round(seconds * shapes.rate) + 1 for seconds in (NEAR, AROUND))
    peaks = closed == maximum_filter1d(closed, near, mode="nearest")
    peaks &= (closed >= PEAK) & (closed < CERTAIN) & (shapes.speech > BELIEF)
    peaks &= closed >= STANDING_OUT * uniform_filter1d(closed, around, mode="nearest")
    steps = np.arange(-near, near + 1) / shapes.rate
    shape = np.exp(-np.square(steps / TOUCH))
    touches = convolve1d(peaks.astype(np.float32), shape, mode="constant")
    return np.asarray(np.clip(np.maximum(closed / CERTAIN, touches), 0, 1), np.float32)


def _between(rows: Floats, places: Doubles) -> Floats:
    """Rows (n, k) at fractional places (m,), linear, the last row held."""
    inside = np.clip(places, 0, len(rows) - 1)
    low = np.floor(inside).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    part = (inside - low)[:, None].astype(np.float32)
    return np.asarray(rows[low] + part * (rows[high] - rows[low]), np.float32)
