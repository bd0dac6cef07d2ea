"""The speech as the output plays it: what a mouth does at any output time."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.media.sync_modes import Timeline

Floats = NDArray[np.float32]


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


class Drive:
    """Speech shapes laid along the output."""

    def __init__(self, shapes: Shapes, laid: Timeline) -> None:
        self._shapes = shapes
        self._laid = laid

    def at(self, seconds: NDArray[np.float64]) -> tuple[Floats, Floats, Floats]:
        """`measures` (m, 5), `closed` and `speech` (m,) at m moments of the output.

        Nobody speaks where the output is silent.
        """
        heard = np.full(len(seconds), np.nan)
        for segment in self._laid.audio:
            if segment.source_start is not None:
                inside = (seconds >= float(segment.start)) & (seconds < float(segment.end))
                heard[inside] = seconds[inside] + float(segment.source_start - segment.start)
        silent = np.isnan(heard)
        places = np.where(silent, 0, heard) * self._shapes.rate
        measures = _between(self._shapes.measures, places)
        closed = _between(self._shapes.closed[:, None], places)[:, 0]
        speech = _between(self._shapes.speech[:, None], places)[:, 0]
        speech[silent] = closed[silent] = 0
        return measures, closed, speech


def _between(rows: Floats, places: NDArray[np.float64]) -> Floats:
    """Rows (n, k) at fractional places (m,), linear, the last row held."""
    inside = np.clip(places, 0, len(rows) - 1)
    low = np.floor(inside).astype(int)
    high = np.minimum(low + 1, len(rows) - 1)
    part = (inside - low)[:, None].astype(np.float32)
    return np.asarray(rows[low] + part * (rows[high] - rows[low]), np.float32)
