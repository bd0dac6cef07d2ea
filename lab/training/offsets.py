"""Estimates the A/V offset of each clip from the other clips.

Ridge regression (Hoerl and Kennard 1970) over the other speakers' clips predicts the mouth; the lag
with the best correlation is the clip's offset.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab.training.clips import Clip
from lab.training.judge import correlation
from lipsync_demo.engine.arrays import Floats

LAGS = np.arange(-0.35, 0.3501, 0.01)
"""Lags tried, seconds."""
GRID_SPREAD = 0.35
"""Fraction of a GRID clip's deviation from the median offset that is kept: GRID was recorded in one
session."""


def speaker_seconds(clips: Sequence[Clip]) -> dict[str, int]:
    """Return the rows (50 Hz) of all clips of each speaker."""
    seconds: dict[str, int] = {}
    for clip in clips:
        seconds[clip.speaker] = seconds.get(clip.speaker, 0) + clip.rows
    return seconds


def correct_offsets(clips: list[Clip], rounds: int = 3) -> None:
    """Set each clip's offset to the lag that correlates best with a fit on all other speakers."""
    stacked = np.concatenate([c.features[0] for c in clips])
    mean, std = stacked.mean(0), stacked.std(0) + 1e-3
    _, vectors = np.linalg.eigh(np.cov(((stacked - mean) / std).T))
    axes = vectors[:, ::-1][:, :100]
    inputs = []
    for clip in clips:
        x = ((clip.features[0] - mean) / std) @ axes
        rows = np.arange(len(x))
        inputs.append(
            np.concatenate(
                [x[np.clip(rows + k, 0, len(x) - 1)] for k in (-10, -5, -2, 0, 2, 5, 10)], 1
            )
        )
    seconds = speaker_seconds(clips)
    for _ in range(rounds):
        parts = []
        for clip, x in zip(clips, inputs, strict=True):
            y, _, known = clip.mouth()
            y = (y - y[known].mean(0)) / (y[known].std(0) + 1e-4)
            weight = seconds[clip.speaker] ** -0.5
            parts.append((weight * x[known].T @ x[known], weight * x[known].T @ y[known]))
        for speaker in seconds:
            others = [p for p, c in zip(parts, clips, strict=True) if c.speaker != speaker]
            gram, cross = (np.sum([p[k] for p in others], axis=0) for k in (0, 1))
            solved = np.linalg.solve(
                gram + 0.6 * np.trace(gram) / len(gram) * np.eye(len(gram)), cross
            )
            for clip, x in zip(clips, inputs, strict=True):
                if clip.speaker == speaker:
                    clip.offset += best_lag(clip, (x @ solved)[:, :3])
        middle = float(np.median([c.offset for c in clips if c.grid] or [0.0]))
        for clip in clips:
            if clip.grid:
                clip.offset = middle + GRID_SPREAD * float(
                    np.clip(clip.offset - middle, -0.06, 0.06)
                )


def best_lag(clip: Clip, predicted: Floats) -> float:
    """Return the correction of the clip's offset, seconds, by opening, width and roundness."""
    before, scores = clip.offset, []
    for lag in LAGS:
        clip.offset = before + lag
        y, _, known = clip.mouth()
        scores.append(correlation(predicted[known], y[known][:, :3]) @ [1.0, 0.7, 0.7])
    clip.offset = before
    return float(LAGS[int(np.argmax(scores))])
