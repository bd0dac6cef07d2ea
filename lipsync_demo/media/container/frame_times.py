"""Exact frame times of a video: from its packets, or by decoding if they have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from statistics import median_low

from av.container import InputContainer
from av.video.stream import VideoStream

from lipsync_demo.media.container import words
from lipsync_demo.media.container.packets import read_stamps
from lipsync_demo.media.container.streams import exact, open_media, video_frames, video_stream
from lipsync_demo.media.errors import MediaError

MIN_MISSING_FRAMES = 2
"""Frames missing from the declared duration beyond which a file is truncated."""


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """Presentation times of a video's frames.

    `pts`, in units of `time_base` (seconds), strictly increases and has one entry per decoded
    frame; `last_duration` is the last frame's, in the same units. `rate`, Hz, is the container's
    frame rate if every frame fits it to within a tick (or a hundredth of a frame), else the
    average. `marks` are the pts that decoded frames carry if they differ from `pts`, as in
    containers without presentation times. `missing` is the declared duration that is not in the
    file, seconds.
    """

    pts: tuple[int, ...]
    last_duration: int
    time_base: Fraction
    rate: Fraction
    variable: bool
    marks: tuple[int | None, ...] | None = None
    missing: Fraction = Fraction(0)

    @property
    def duration(self) -> Fraction:
        """Seconds from the first frame's start to the last one's end."""
        return (self.pts[-1] + self.last_duration - self.pts[0]) * self.time_base

    @property
    def shown(self) -> Mapping[int | None, int]:
        """`pts` by the pts that a decoded frame carries."""
        return dict(zip(self.marks or self.pts, self.pts, strict=True))

    @property
    def first_frame(self) -> Fraction:
        """Duration of the first frame, seconds."""
        if len(self.pts) == 1:
            return self.duration
        return (self.pts[1] - self.pts[0]) * self.time_base

    @property
    def last_frame(self) -> Fraction:
        """Duration of the last frame, seconds."""
        return self.last_duration * self.time_base


def frame_times(path: Path) -> FrameTimes:
    """Return the frame times of the video's first stream.

    Raises:
        MediaError: the file is no media or has no picture.
    """
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no picture.", words.CHOOSE_TALKING)
        return read_frame_times(container, stream, path)


def read_frame_times(container: InputContainer, stream: VideoStream, path: Path) -> FrameTimes:
    """Return the frame times of `stream`; reads `container` to its end.

    Raises:
        MediaError: the stream holds no frame.
    """
    time_base = exact(stream.time_base, Fraction(1, 90_000))
    rates = [exact(r) for r in (stream.average_rate, stream.guessed_rate) if r]
    stamps = read_stamps(container, stream)
    if stamps is None:
        return _decoded(path, time_base, rates)
    if not stamps.shown:
        raise _no_frame(path)
    shown = sorted(stamps.shown)
    pts = _rising(stamp for stamp, _ in shown)
    last = shown[-1][1]
    if stamps.end is not None and stamps.end > pts[-1]:
        last = stamps.end - pts[-1]
    rate, variable, last = _rate(pts, last, time_base, rates)
    missing = stamps.missing if stamps.missing > MIN_MISSING_FRAMES / rate else Fraction(0)
    return FrameTimes(pts, last, time_base, rate, variable, missing=missing)


def _no_frame(path: Path) -> MediaError:
    return MediaError(
        f"{path.name} has a video track without a single frame.", words.CHOOSE_TALKING
    )


def _rising(stamps: Iterable[int]) -> tuple[int, ...]:
    """Return the stamps strictly increasing: equal ones, as in damaged files, move by a tick."""
    rising: list[int] = []
    for stamp in stamps:
        rising.append(max(stamp, rising[-1] + 1) if rising else stamp)
    return tuple(rising)


@lru_cache(maxsize=16)
def _decoded_marks(
    path: Path, size: int, changed: int
) -> tuple[tuple[int | None, int | None], ...]:
    """Return pts and dts of each decoded frame, in ticks."""
    with open_media(path) as container:
        return tuple((frame.pts, frame.dts) for frame in video_frames(container))


def _decoded(path: Path, time_base: Fraction, rates: list[Fraction]) -> FrameTimes:
    """Return the frame times by decoding, for containers without presentation times.

    A decoder returns frames in presentation order; if their pts do not increase, the dts are used,
    as in players (FFmpeg's `guess_correct_pts`).
    """
    state = path.stat()
    found = _decoded_marks(path, state.st_size, state.st_mtime_ns)
    if not found:
        raise _no_frame(path)
    marks, decoded = zip(*found, strict=True)
    rising = all(a is not None and b is not None and a < b for a, b in pairwise(marks))
    times = marks if rising else decoded
    known = [time for time in times if time is not None]
    nominal = 1 / ((rates[-1] if rates else Fraction(25)) * time_base)
    steps = [b - a for a, b in pairwise(known) if b > a]
    step = int(median_low(steps)) if steps else max(1, round(nominal))
    pts: list[int] = []
    for time in times:
        following = pts[-1] + step if pts else 0
        pts.append(following if time is None else time if not pts else max(time, pts[-1] + 1))
    rate, variable, last = _rate(tuple(pts), step, time_base, rates)
    return FrameTimes(tuple(pts), last, time_base, rate, variable, marks)


def _rate(
    pts: tuple[int, ...], last: int, time_base: Fraction, candidates: list[Fraction]
) -> tuple[Fraction, bool, int]:
    """Return the rate in Hz, whether frames deviate from it, and the last duration in ticks."""
    if len(pts) == 1:
        rate = candidates[0] if candidates else Fraction(25)
        last = last or max(1, round(1 / (rate * time_base)))
        return 1 / (last * time_base), False, last
    last = last or pts[-1] - pts[-2]
    for rate in candidates:
        ticks = 1 / (rate * time_base)
        slack = _slack(ticks)
        if all(abs(stamp - pts[0] - n * ticks) <= slack for n, stamp in enumerate(pts)):
            # Rounding leaves the end uncertain by a tick; the rate determines it.
            end = round(len(pts) * ticks) - (pts[-1] - pts[0])
            return rate, False, end if abs(end - last) <= slack else last
    average = len(pts) / ((pts[-1] + last - pts[0]) * time_base)
    steps = {b - a for a, b in pairwise((*pts, pts[-1] + last))}
    return average, max(steps) - min(steps) > _slack(1 / (average * time_base)), last


def _slack(ticks: Fraction) -> Fraction:
    """Return the tolerance, ticks, for rounding of frames that last `ticks`."""
    return max(Fraction(1), ticks / 100) if ticks >= 4 else Fraction(0)
