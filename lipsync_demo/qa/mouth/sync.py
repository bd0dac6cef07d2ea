"""How far a video's sound is from its lips, estimated by the engine's own speech model.

The model says what a mouth would do for this sound; the shift at which the mouth that is seen
agrees with it best is the offset. It is a proxy: it was fitted on few people, a moving head
or music mislead it, and what the local engine made agrees with it by construction.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.speech import SpeechModel
from lipsync_demo.qa.models import SyncScore
from lipsync_demo.qa.mouth.mouths import Mouths

SEARCH_MS = 500
STEP_MS = 10
WEIGHTS = np.array([1.0, 0.7, 0.7])
"""What opening, width and roundness count: opening is heard best."""
LEAST_SPEECH = 0.8
"""Seconds of speech with a mouth in sight below which nothing can be said."""
APART_MS = 120
"""Peaks closer than this are one."""
SURE = 0.5
"""How far the best agreement must stand above the next, and be itself, to be sure."""


def score(mouth: Mouths, samples: NDArray[np.float32]) -> SyncScore | None:
    """The offset of `samples`, mono at 16 kHz, against a mouth; None with too little speech.

    Positive: the sound is later than the lips.
    """
    if float(mouth.present.sum()) * _step(mouth.seconds) < LEAST_SPEECH:
        return None
    said = SpeechModel.load().predict(samples)
    moments = np.arange(len(said.speech)) / said.rate
    lags = np.arange(-SEARCH_MS, SEARCH_MS + STEP_MS, STEP_MS) / 1000
    scores = np.full(len(lags), np.nan)
    least = 0.0
    for number, lag in enumerate(lags):
        at = mouth.seconds + lag
        speaking = np.interp(at, moments, said.speech, left=0, right=0) > 0.5
        used = mouth.present & speaking
        seconds = float(used.sum()) * _step(mouth.seconds)
        if seconds < LEAST_SPEECH:
            continue
        least = seconds if lag == 0 or not least else least
        told = [np.interp(at[used], moments, column) for column in said.measures.T[:3]]
        seen = mouth.measures[used].T[:3]
        scores[number] = (
            WEIGHTS @ [_correlation(a, b) for a, b in zip(told, seen, strict=True)] / WEIGHTS.sum()
        )
    if np.isnan(scores).all():
        return None
    best = int(np.nanargmax(scores))
    far = np.abs(lags - lags[best]) * 1000 > APART_MS
    rival = max(0.0, float(np.nanmax(scores[far], initial=0.0)))
    peak = float(scores[best])
    confidence = float(np.clip(2 * (peak - rival), 0, 1) * np.clip(peak / SURE, 0, 1))
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
    """Where between steps a parabola through the best three peaks, -.5 to .5."""
    if best in (0, len(scores) - 1) or np.isnan(scores[best - 1 : best + 2]).any():
        return 0.0
    before, top, after = scores[best - 1 : best + 2]
    bend = before - 2 * top + after
    return 0.0 if bend >= 0 else float(np.clip((before - after) / (2 * bend), -0.5, 0.5))
