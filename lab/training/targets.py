"""Training targets of the network for each clip."""

from __future__ import annotations

import numpy as np
from scipy.special import expit

from lab.training.clips import Clip, spoken
from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.geometry import MEASURES
from lipsync_demo.engine.speech.model import (
    LIP_TERMS,
)

SHAPES = len(MEASURES) + LIP_TERMS
"""Number of shape targets."""
HALF_CLOSED = 0.03
"""Opening, IOD, with a closure target of 0.5."""
BLUR = 0.006
"""Scale of the closure's logistic, IOD: a hard threshold would not tell slightly from widely open
lips."""


class Targets:
    """Targets of each clip: `shapes` (n, 13), `closed`, `speech` and `known` (n,) at 50 Hz."""

    def __init__(self, clips: list[Clip]) -> None:
        self.shapes: list[Floats] = []
        self.known: list[np.ndarray] = []
        self.closed: list[Floats] = []
        self.speech = [spoken(c.samples)[: c.rows] for c in clips]
        lips: list[Floats] = []
        speakers: dict[str, list[Floats]] = {}
        for clip in clips:
            measures, lip, known = clip.mouth()
            own = measures[known]
            self.shapes.append((measures - own.mean(0)) / (own.std(0) + 1e-4))
            self.known.append(known)
            self.closed.append(expit((HALF_CLOSED - measures[:, 0]) / BLUR).astype("f4"))
            lips.append(lip - lip[known].mean(0))
            speakers.setdefault(clip.speaker, []).append(lips[-1][known])
        scatter = np.mean([np.cov(np.concatenate(v).T) for v in speakers.values()], axis=0)
        values, vectors = np.linalg.eigh(scatter)
        self.axes = vectors[:, ::-1][:, :LIP_TERMS]
        self.axes *= np.sign(self.axes[np.abs(self.axes).argmax(0), np.arange(LIP_TERMS)])
        self.sizes = np.sqrt(values[::-1][:LIP_TERMS])
        for i, lip in enumerate(lips):
            terms = np.clip(lip @ self.axes / self.sizes, -4, 4)
            self.shapes[i] = np.concatenate([self.shapes[i], terms], axis=1).astype("f4")

    def rows(self, i: int, pace: float, count: int) -> Floats:
        """Return shapes, closed, speech and known of clip i at `pace`, in columns (count, 16)."""
        flags = [self.closed[i], self.speech[i], self.known[i]]
        plain = np.column_stack([self.shapes[i], *flags])
        if pace == 1.0:
            return plain.astype("f4")
        at, own = np.arange(count) * pace, np.arange(len(plain))
        return np.column_stack([np.interp(at, own, c) for c in plain.T]).astype("f4")
