"""Where decoded sound lies in time: holes stay silent, and what comes twice is heard once.

Containers round times, capture clocks jitter, and packets get lost. A player follows the
times where they leave the samples for good, and not where a single packet is a little off.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import accumulate
from statistics import median_low
from typing import NamedTuple

from av.audio.frame import AudioFrame

from lipsync_demo.media.container.streams import exact

LEAST, MOST = Fraction(3, 1000), Fraction(10, 1000)
"""Seconds by which a packet may be off: half of its own length within these. Containers that
count milliseconds are off by two; a lost packet of 10 ms is to be noticed."""
LOOK = 12
"""Packets that must agree before anything is moved."""
RESTART = Fraction(1, 2)
"""Seconds; times that go back further belong to a clock that began again."""
MOST_SILENCE = Fraction(600)
"""Seconds; times that jump ahead further are no hole but a broken clock."""


class Placed(NamedTuple):
    """A decoded frame, `silence` samples after the end of the one before, less `skip` of its own.

    Both count at the rate of the track's first frame.
    """

    silence: int
    skip: int
    frame: AudioFrame


def placed(frames: Iterable[AudioFrame], zero: Fraction | None) -> Iterator[Placed]:
    """Lay frames along the clock that shows `zero` seconds when the file begins.

    None: it begins with the first sample. Sound before the beginning is skipped.
    """
    clock: _Clock | None = None
    waiting: deque[AudioFrame] = deque()
    for frame in frames:
        if frame.samples == 0:
            continue
        if clock is None:
            clock = _Clock(frame, zero)
        waiting.append(frame)
        if len(waiting) == LOOK:
            yield clock.place(waiting)
    while waiting and clock is not None:
        yield clock.place(waiting)


def moment(frame: AudioFrame) -> Fraction | None:
    """The frame's own time in seconds, None when the file does not say."""
    return None if frame.pts is None else frame.pts * exact(frame.time_base)


class _Clock:
    """How far the sound has come: `end` seconds from the file's beginning, and `since` samples."""

    def __init__(self, first: AudioFrame, zero: Fraction | None) -> None:
        start = moment(first) or Fraction(0)
        self._rate = first.sample_rate
        self._zero = start if zero is None else zero
        self._end = Fraction(0)
        self._since, self._due = 0, 0.0
        self._begun = False

    def _follows(self, frame: AudioFrame) -> bool:
        """Whether the frame comes when it is due, to be told of most without exact sums."""
        if not self._begun or frame.pts is None or frame.sample_rate != self._rate:
            return False
        due = self._due + self._since / self._rate
        return abs(frame.pts * float(exact(frame.time_base)) - due) < LEAST

    def place(self, waiting: deque[AudioFrame]) -> Placed:
        if self._follows(waiting[0]):
            frame = waiting.popleft()
            self._since += frame.samples
            return Placed(0, 0, frame)
        self._end += Fraction(self._since, self._rate)
        self._since = 0
        move = self._move(waiting)
        frame = waiting.popleft()
        length = Fraction(frame.samples, frame.sample_rate)
        count = int(length * self._rate)
        samples = int(abs(move) * self._rate + Fraction(1, 2))
        silence, skip = (samples, 0) if move > 0 else (0, min(samples, count))
        if skip == count:
            length = Fraction(0)
        else:
            self._begun = True
            length += Fraction(silence - skip, self._rate)
        self._end += length
        self._due = float(self._zero + self._end)
        return Placed(silence, skip, frame)

    def _move(self, waiting: deque[AudioFrame]) -> Fraction:
        """Seconds to wait before the first of these frames, negative to skip."""
        off = self._off(waiting[0], self._end)
        if off is None:
            return Fraction(0)
        if off > MOST_SILENCE or (self._begun and off < -RESTART):
            self._zero += off
            return Fraction(0)
        slack = _slack(waiting[0])
        if not self._begun or abs(off) <= slack:
            return Fraction(0) if self._begun else off
        ends = accumulate(
            (Fraction(frame.samples, frame.sample_rate) for frame in waiting), initial=self._end
        )
        pairs = zip(waiting, ends, strict=False)
        offs = [o for frame, end in pairs if (o := self._off(frame, end)) is not None]
        if any(abs(o) <= slack or (o > 0) != (off > 0) for o in offs):
            return Fraction(0)
        least = min(offs, key=abs)
        return median_low(o for o in offs if abs(o - least) <= slack)

    def _off(self, frame: AudioFrame, end: Fraction) -> Fraction | None:
        own = moment(frame)
        return None if own is None else own - (self._zero + end)


def _slack(frame: AudioFrame) -> Fraction:
    return min(MOST, max(LEAST, Fraction(frame.samples, frame.sample_rate) / 2))
