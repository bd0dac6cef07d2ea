"""Speech along the output: what a mouth does at any of the output's times."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from lipsync_demo.engine.arrays import Doubles, Floats
from lipsync_demo.engine.speech.closures import closures
from lipsync_demo.engine.speech.shapes import BELIEF, Shapes
from lipsync_demo.media.sync_modes import Timeline

DOUBT = 0.2
"""Probability of speech below which nobody speaks."""
HOLD = 0.2
"""Seconds before and after speech in which the mouth still follows the speech model: it knows what
mouths do in short pauses, and few people close theirs."""
FADE = 0.06
"""Half of the seconds the mouth takes to come to rest."""


class LaidOutSpeech:
    """Speech shapes laid along the output."""

    def __init__(self, shapes: Shapes, laid: Timeline) -> None:
        self._shapes = shapes
        self._together = closures(shapes)
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


def _between(rows: Floats, places: Doubles) -> Floats:
    """Rows (n, k) at fractional places (m,), linear, the last row held."""
    inside = np.clip(places, 0, len(rows) - 1)
    low = np.floor(inside).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    part = (inside - low)[:, None].astype(np.float32)
    return np.asarray(rows[low] + part * (rows[high] - rows[low]), np.float32)
