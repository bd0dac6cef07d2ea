"""Estimates the A/V offset of a video with the engine's speech model.

The offset is the lag at which the measured mouth correlates best with the one predicted from the
sound. It is a proxy: the model was fitted on few people, a moving head or music mislead it, and
outputs of the local engine agree with it by construction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.speech import SpeechModel
from lipsync_demo.qa.models import SyncScore
from lipsync_demo.qa.mouth.mouths import Mouths

MAX_LAG_MS = 500
"""Largest lag tried, milliseconds either way."""
STEP_MS = 10
"""Step of the lags, milliseconds."""
WEIGHTS = np.array([1.0, 0.7, 0.7])
"""Weights of opening, width and roundness: opening is predicted best."""
MIN_SPEECH_SECONDS = 0.8
"""Seconds of speech with a visible mouth needed for an estimate."""
MIN_PEAK_DISTANCE_MS = 120
"""Distance from which two peaks of the correlation are separate, milliseconds."""
FULL_CONFIDENCE = 0.5
"""Correlation of the best peak, and its lead over the next one, for full confidence."""


def score(mouth: Mouths, samples: NDArray[np.float32]) -> SyncScore | None:
    """Return the offset of `samples` (n,), mono at 16 kHz; None with too little speech.

    It is positive if the sound is later than the lips.
    """
    if float(mouth.present.sum()) * _step(mouth.seconds) < MIN_SPEECH_SECONDS:
        return None
    shapes = SpeechModel.load().predict(samples)
    moments = np.arange(len(shapes.speech)) / shapes.rate
    lags = np.arange(-MAX_LAG_MS, MAX_LAG_MS + STEP_MS, STEP_MS) / 1000
    scores = np.full(len(lags), np.nan)
    least = 0.0
    for number, lag in enumerate(lags):
        at = mouth.seconds + lag
        speaking = np.interp(at, moments, shapes.speech, left=0, right=0) > 0.5
        used = mouth.present & speaking
        seconds = float(used.sum()) * _step(mouth.seconds)
        if seconds < MIN_SPEECH_SECONDS:
            continue
        least = seconds if lag == 0 or not least else least
        predicted = [np.interp(at[used], moments, column) for column in shapes.measures.T[:3]]
        measured = mouth.measures[used].T[:3]
        scores[number] = (
            WEIGHTS
            @ [_correlation(a, b) for a, b in zip(predicted, measured, strict=True)]
            / WEIGHTS.sum()
        )
    if np.isnan(scores).all():
        return None
    best = int(np.nanargmax(scores))
    far = np.abs(lags - lags[best]) * 1000 > MIN_PEAK_DISTANCE_MS
    rival = max(0.0, float(np.nanmax(scores[far], initial=0.0)))
    peak = float(scores[best])
    confidence = float(np.clip(2 * (peak - rival), 0, 1) * np.clip(peak / FULL_CONFIDENCE, 0, 1))
    return SyncScore(
        round(1000 * float(lags[best]) + STEP_MS * _vertex(scores, best), 1),
        round(confidence, 3),
        round(least, 2),
    )


def _step(seconds: NDArray[np.float64]) -> float:
    return float(np.median(np.diff(seconds))) if len(seconds) > 1 else 0.0


def _correlation(one: NDArray[np.float64], other: NDArray[np.float32]) -> float:
    if one.std() < 1e-6 or other.std() < 1e-6:
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def _vertex(scores: NDArray[np.float64], best: int) -> float:
    """Return the vertex of the parabola through the best three scores, -.5 to .5 steps."""
    if best in (0, len(scores) - 1) or np.isnan(scores[best - 1 : best + 2]).any():
        return 0.0
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))
