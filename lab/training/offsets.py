"""How far sound and picture of the clips are apart, found from the clips themselves.

Ridge regression (Hoerl and Kennard 1970) over the other speakers' clips says what the mouth
should do; the lag at which a clip's mouth agrees best with it is the clip's offset.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lab.training.clips import Clip
from lab.training.judge import correlation
from lipsync_demo.engine.arrays import Floats

SEARCH = np.arange(-0.35, 0.3501, 0.01)
GRID_SPREAD = 0.35
"""GRID was recorded in one session; a clip may differ from its median by this share."""


def speaker_seconds(clips: Sequence[Clip]) -> dict[str, int]:
    seconds: dict[str, int] = {}
    for clip in clips:
        seconds[clip.speaker] = seconds.get(clip.speaker, 0) + clip.rows
    return seconds


def correct_offsets(clips: list[Clip], rounds: int = 3) -> None:
    """Set each clip's offset to where a fit on all other speakers agrees with it best."""
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


def best_lag(clip: Clip, said: Floats) -> float:
    """How much later than now the sound is, s: the peak of opening, width and roundness."""
    before, scores = clip.offset, []
    for lag in SEARCH:
        clip.offset = before + lag
        y, _, known = clip.mouth()
        scores.append(correlation(said[known], y[known][:, :3]) @ [1.0, 0.7, 0.7])
    clip.offset = before
    return float(SEARCH[int(np.argmax(scores))])
