"""Mouth shapes at any time of the output."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import maximum_filter1d, uniform_filter1d

from lipsync_demo.engine.arrays import Doubles, Floats
from lipsync_demo.engine.speech.closures import closures
from lipsync_demo.engine.speech.shapes import SPEECH_THRESHOLD, Shapes
from lipsync_demo.media.sync_modes import Timeline

SILENCE_THRESHOLD = 0.2
"""Probability of speech below which the mouth rests."""
HOLD = 0.2
"""Seconds around speech in which the mouth follows the speech model: few people close their mouth
in short pauses."""
FADE = 0.06
"""Half the time the mouth takes to come to rest, seconds."""


class LaidOutSpeech:
    """Mouth shapes of the speech, laid along the output's timeline."""

    def __init__(self, shapes: Shapes, laid: Timeline) -> None:
        self._shapes = shapes
        self._together = closures(shapes)
        self._speaking = _speaking(shapes)
        self._laid = laid

    def at(self, seconds: Doubles) -> tuple[Floats, Floats, Floats]:
        """Return `measures` (m, 5), `together` and `speech` (m,) at times `seconds` (m,).

        `together`, 0 to 1, is how surely lips touch. `speech` is 1 in and around speech and 0
        where the mouth rests, as it does where the output is silent.
        """
        speech_seconds = np.full(len(seconds), np.nan)
        for segment in self._laid.audio:
            if segment.source_start is not None:
                inside = (seconds >= float(segment.start)) & (seconds < float(segment.end))
                speech_seconds[inside] = seconds[inside] + float(
                    segment.source_start - segment.start
                )
        silent = np.isnan(speech_seconds)
        places = np.where(silent, 0, speech_seconds) * self._shapes.rate
        measures = _interpolate(self._shapes.measures, places)
        together = _interpolate(self._together[:, None], places)[:, 0]
        speech = _interpolate(self._speaking[:, None], places)[:, 0]
        speech[silent] = together[silent] = 0
        return measures, together, speech


def _speaking(shapes: Shapes) -> Floats:
    """Return how far the mouth follows the speech model (n,), 0 (at rest) to 1."""
    believed = np.clip(
        (shapes.speech - SILENCE_THRESHOLD) / (SPEECH_THRESHOLD - SILENCE_THRESHOLD), 0, 1
    )
    hold, fade = (2 * round(seconds * shapes.rate) + 1 for seconds in (HOLD + FADE, FADE))
    held = maximum_filter1d(believed, hold, mode="nearest")
    return np.asarray(uniform_filter1d(held, fade, mode="nearest"), np.float32)


def _interpolate(rows: Floats, places: Doubles) -> Floats:
    """Return rows (n, k) linearly interpolated at `places` (m,); the ends are held."""
    inside = np.clip(places, 0, len(rows) - 1)
    low = np.floor(inside).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    part = (inside - low)[:, None].astype(np.float32)
    return np.asarray(rows[low] + part * (rows[high] - rows[low]), np.float32)
