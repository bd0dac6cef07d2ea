"""Aligns the frames of an output with those of its source."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lipsync_demo.media.container.frame_times import FrameTimes, frame_times
from lipsync_demo.media.frame_plan import plan
from lipsync_demo.media.sync_modes import SyncMode, Timeline, timeline


@dataclass(frozen=True, eq=False, slots=True)
class Aligned:
    """The source frame numbers `sources` (n,) of the output's n frames; -1 beyond the mode's
    length. `seams` are the output frames at which the source turns or restarts.
    """

    laid: Timeline
    output: FrameTimes
    sources: NDArray[np.int64]
    seams: tuple[int, ...]

    @property
    def seam_seconds(self) -> tuple[float, ...]:
        """Times of the seams in the output, seconds."""
        first = self.output.pts[0]
        return tuple(
            float((self.output.pts[n] - first) * self.output.time_base) for n in self.seams
        )


def align(output: Path, source: Path, speech_seconds: Fraction, mode: SyncMode) -> Aligned:
    """Return the source frame that each frame of `output` should show in `mode`.

    Frames are aligned by number if the output has exactly the planned ones, else by time.

    Raises:
        MediaError: a file cannot be read.
    """
    times, shown = frame_times(source), frame_times(output)
    laid = timeline(
        mode,
        times.duration,
        speech_seconds,
        first_frame=times.first_frame,
        last_frame=times.last_frame,
    )
    planned = plan(laid, times)
    if len(planned) == len(shown.pts):
        sources = np.array(planned.sources)
    else:
        sources = np.array([_source(laid, times, at) for at in _moments(shown)])
    moments = _moments(shown)
    edges = [s.start for s in laid.video[1:]]
    seams = [next((n for n, at in enumerate(moments) if at >= edge), None) for edge in edges]
    return Aligned(laid, shown, sources, tuple(n for n in seams if n))


def _moments(times: FrameTimes) -> list[Fraction]:
    return [(pts - times.pts[0]) * times.time_base for pts in times.pts]


def _source(laid: Timeline, times: FrameTimes, at: Fraction) -> int:
    if at >= laid.output_seconds:
        return -1
    # The middle of the frame, so that rounding does not pick its neighbour.
    moment = min(at + times.first_frame / 2, laid.output_seconds - times.first_frame / 4)
    place = laid.segment_at(max(moment, Fraction(0))).source_time(moment)
    tick = place / times.time_base + times.pts[0]
    return int(np.clip(np.searchsorted(times.pts, float(tick), "right") - 1, 0, len(times.pts) - 1))
