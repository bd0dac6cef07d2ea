"""Turns a `Timeline` into the exact list of output frames.

Frames that play forward or backward keep the source's times (a variable rate stays variable); held
and stretched parts run at the source's rate. Times are whole ticks of one time base, so nothing
drifts.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from lipsync_demo.media.container.frame_times import FrameTimes
from lipsync_demo.media.segments import VideoMotion, VideoSegment
from lipsync_demo.media.sync_modes import Timeline

MIN_TICK = Fraction(1, 1_000_000)
"""Finest time base, seconds, that common muxers write without rounding."""


class PlannedFrame(NamedTuple):
    """One output frame: pts and duration in ticks, and the index of its source frame."""

    pts: int
    duration: int
    source: int


@dataclass(frozen=True, slots=True)
class FramePlan:
    """The output's frames in presentation order.

    `pts` starts at 0 and strictly increases, in units of `time_base` (seconds); `sources[n]` is
    the index of the source frame at `pts[n]`; the last frame ends at `end`, the output's length to
    the nearest tick. `rate` is the nominal frame rate, Hz. `parts` are the indices of the frames
    that start a segment of video or speech.
    """

    pts: tuple[int, ...]
    sources: tuple[int, ...]
    end: int
    time_base: Fraction
    rate: Fraction
    parts: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.pts)

    def __iter__(self) -> Iterator[PlannedFrame]:
        ends = (*self.pts[1:], self.end)
        for pts, end, source in zip(self.pts, ends, self.sources, strict=True):
            yield PlannedFrame(pts, end - pts, source)


def plan(timeline: Timeline, times: FrameTimes) -> FramePlan:
    """Return the output frames of `timeline` over a video with these frame times.

    `timeline` must have been made with `times.duration`, `times.first_frame` and
    `times.last_frame`, so that its turning points fall on frames.

    Raises:
        ValueError: the timeline is for a video of another length.
    """
    if timeline.video_seconds != times.duration:
        raise ValueError(
            f"the timeline is for a video of {timeline.video_seconds} s, "
            f"the frames last {times.duration} s"
        )
    tick = _tick(timeline, times)
    scale = int(times.time_base / tick)
    shown = [(stamp - times.pts[0]) * scale for stamp in times.pts]
    out: list[tuple[int, int]] = []
    for segment in timeline.video:
        lay = _LAYERS[segment.motion]
        out.extend(lay(segment, shown, tick, times.rate))
    pts, sources = zip(*out, strict=True)
    end = max(pts[-1] + 1, round(timeline.output_seconds / tick))
    starts = {part.start for part in timeline.video} | {part.start for part in timeline.audio}
    parts = {bisect_left(pts, start / tick) for start in starts} - {len(pts)}
    return FramePlan(pts, sources, end, tick, times.rate, tuple(sorted(parts)))


def shared_tick(times: FrameTimes) -> Fraction:
    """Return a time base, seconds, on whose ticks the video's pts and frames at its rate fall."""
    a, b = times.time_base, 1 / times.rate
    common = Fraction(
        math.gcd(a.numerator * b.denominator, b.numerator * a.denominator),
        a.denominator * b.denominator,
    )
    if common >= MIN_TICK:
        return common
    return a / max(1, math.ceil(a * 90_000))


def _tick(timeline: Timeline, times: FrameTimes) -> Fraction:
    motions = {segment.motion for segment in timeline.video}
    if not motions & {VideoMotion.HELD, VideoMotion.STRETCHED}:
        return times.time_base
    return shared_tick(times)


def _forward(
    segment: VideoSegment, shown: list[int], tick: Fraction, rate: Fraction
) -> Iterator[tuple[int, int]]:
    first = bisect_left(shown, segment.source_start / tick)
    last = bisect_left(shown, segment.source_end / tick)
    offset = int((segment.start - segment.source_start) / tick)
    return ((shown[n] + offset, n) for n in range(first, last))


def _backward(
    segment: VideoSegment, shown: list[int], tick: Fraction, rate: Fraction
) -> Iterator[tuple[int, int]]:
    """Yield (pts, source): played backward, frame n starts where its successor's pts is passed."""
    turn = int((segment.start + segment.source_start) / tick)
    end = segment.end / tick
    for n in range(bisect_left(shown, segment.source_start / tick) - 1, -1, -1):
        start = turn - shown[n + 1]
        if start >= end:
            return
        yield start, n


def _held(
    segment: VideoSegment, shown: list[int], tick: Fraction, rate: Fraction
) -> Iterator[tuple[int, int]]:
    count = math.ceil((segment.end - segment.start) * rate)
    start, step = segment.start / tick, 1 / (rate * tick)
    return ((round(start + n * step), len(shown) - 1) for n in range(count))


def _stretched(
    segment: VideoSegment, shown: list[int], tick: Fraction, rate: Fraction
) -> Iterator[tuple[int, int]]:
    count = math.ceil((segment.end - segment.start) * rate)
    step = 1 / (rate * tick)
    source_step = segment.speed * step
    for n in range(count):
        source = n * source_step.numerator // source_step.denominator
        yield round(n * step), bisect_right(shown, source) - 1


_LAYERS = {
    VideoMotion.FORWARD: _forward,
    VideoMotion.BACKWARD: _backward,
    VideoMotion.HELD: _held,
    VideoMotion.STRETCHED: _stretched,
}
