"""Places decoded sound in time: gaps become silence, overlaps are dropped.

Containers round time stamps, capture clocks jitter, and packets get lost. As in players, only
lasting deviations of the time stamps count, not those of a single packet.
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

MIN_SLACK = Fraction(3, 1000)
"""Lower limit of a packet's tolerance, half its duration, seconds: containers that count
milliseconds are off by two."""
MAX_SLACK = Fraction(10, 1000)
"""Upper limit of that tolerance, seconds: a lost packet of 10 ms must be noticed."""
AGREEING_PACKETS = 12
"""Packets that must agree on a deviation before sound is moved."""
MIN_RESTART = Fraction(1, 2)
"""Backward jump of time stamps, seconds, from which the clock has restarted."""
MAX_SILENCE = Fraction(600)
"""Longest gap, seconds; a longer jump is a broken clock."""


class Placed(NamedTuple):
    """A decoded frame, `silence` samples after the previous one, without its first `skip` samples.

    Both count at the rate of the track's first frame.
    """

    silence: int
    skip: int
    frame: AudioFrame


def placed(frames: Iterable[AudioFrame], zero: Fraction | None) -> Iterator[Placed]:
    """Yield the frames placed on the file's clock, which starts at `zero` seconds.

    None starts at the first sample. Sound before the start is skipped.
    """
    clock: _Clock | None = None
    waiting: deque[AudioFrame] = deque()
    for frame in frames:
        if frame.samples == 0:
            continue
        if clock is None:
            clock = _Clock(frame, zero)
        waiting.append(frame)
        if len(waiting) == AGREEING_PACKETS:
            yield clock.place(waiting)
    while waiting and clock is not None:
        yield clock.place(waiting)


def moment(frame: AudioFrame) -> Fraction | None:
    """Return the frame's time stamp in seconds, or None."""
    return None if frame.pts is None else frame.pts * exact(frame.time_base)


class _Clock:
    """The position reached: `_end` seconds from the start of the file, and `_since` samples."""

    def __init__(self, first: AudioFrame, zero: Fraction | None) -> None:
        start = moment(first) or Fraction(0)
        self._rate = first.sample_rate
        self._zero = start if zero is None else zero
        self._end = Fraction(0)
        self._since, self._due = 0, 0.0
        self._begun = False

    def _follows(self, frame: AudioFrame) -> bool:
        """Return whether the frame is on time; a fast check without fractions."""
        if not self._begun or frame.pts is None or frame.sample_rate != self._rate:
            return False
        due = self._due + self._since / self._rate
        return abs(frame.pts * float(exact(frame.time_base)) - due) < MIN_SLACK

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
        """Return the seconds of silence before the first of these frames, negative to skip."""
        off = self._off(waiting[0], self._end)
        if off is None:
            return Fraction(0)
        if off > MAX_SILENCE or (self._begun and off < -MIN_RESTART):
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
    return min(MAX_SLACK, max(MIN_SLACK, Fraction(frame.samples, frame.sample_rate) / 2))
