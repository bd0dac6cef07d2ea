"""The exact times of a video's frames, read from its packets without decoding a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.streams import exact, open_media, video_frames, video_stream

NO_PICTURE_HINT = "Choose a video that shows a person talking."


@dataclass(frozen=True, slots=True)
class FrameTimes:
    """When each frame of a video is shown, in the order shown.

    `pts` counts `time_base` units, strictly increases, and has one entry for each decoded frame;
    `last_duration` is how long the last frame stays, in the same units.  `rate` is the
    video's frame rate: the container's own figure when every frame fits it to within a tick
    (or a hundredth of a frame), else the average.
    """

    pts: tuple[int, ...]
    last_duration: int
    time_base: Fraction
    rate: Fraction
    variable: bool

    @property
    def duration(self) -> Fraction:
        """Seconds from the first frame's appearance to the last one's end."""
        return (self.pts[-1] + self.last_duration - self.pts[0]) * self.time_base

    @property
    def first_frame(self) -> Fraction:
        """Seconds the first frame stays."""
        if len(self.pts) == 1:
            return self.duration
        return (self.pts[1] - self.pts[0]) * self.time_base

    @property
    def last_frame(self) -> Fraction:
        """Seconds the last frame stays."""
        return self.last_duration * self.time_base


def frame_times(path: Path) -> FrameTimes:
    """Frame times of the video's first stream.

    Raises:
        MediaError: no media, or no picture in it.
    """
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no picture.", NO_PICTURE_HINT)
        return read_frame_times(container, stream, path)


def read_frame_times(container: InputContainer, stream: VideoStream, path: Path) -> FrameTimes:
    """Frame times of `stream`; reads `container` to its end.

    Raises:
        MediaError: the stream holds no frame.
    """
    time_base = exact(stream.time_base, Fraction(1, 90_000))
    stamps: list[tuple[int, int]] = []
    complete = True
    for packet in container.demux(stream):
        if packet.size == 0 or packet.is_discard:
            continue
        if packet.pts is None:
            complete = False
            break
        stamps.append((packet.pts, packet.duration or 0))
    if not complete:
        stamps = _decoded_stamps(path, time_base, exact(stream.average_rate, 25))
    if not stamps:
        raise MediaError(f"{path.name} has a video track without a single frame.", NO_PICTURE_HINT)
    stamps.sort()
    pts = _rising(stamp for stamp, _ in stamps)
    candidates = [exact(r) for r in (stream.average_rate, stream.guessed_rate) if r]
    rate, variable, last = _rate(pts, stamps[-1][1], time_base, candidates)
    return FrameTimes(pts, last, time_base, rate, variable)


def _rising(stamps: Iterable[int]) -> tuple[int, ...]:
    """Equal stamps, which damaged files hold, moved apart by one tick."""
    rising: list[int] = []
    for stamp in stamps:
        rising.append(max(stamp, rising[-1] + 1) if rising else stamp)
    return tuple(rising)


def _decoded_stamps(path: Path, time_base: Fraction, rate: Fraction) -> list[tuple[int, int]]:
    """Stamps by decoding, for containers (such as AVI) whose packets carry none."""
    stamps: list[tuple[int, int]] = []
    step = max(1, round(1 / (rate * time_base)))
    with open_media(path) as container:
        for frame in video_frames(container):
            following = stamps[-1][0] + step if stamps else 0
            stamps.append((following if frame.pts is None else frame.pts, frame.duration or 0))
    return stamps


def _rate(
    pts: tuple[int, ...], last: int, time_base: Fraction, candidates: list[Fraction]
) -> tuple[Fraction, bool, int]:
    """Rate, whether frames deviate from it, and the last frame's duration in ticks."""
    if len(pts) == 1:
        rate = candidates[0] if candidates else Fraction(25)
        last = last or max(1, round(1 / (rate * time_base)))
        return 1 / (last * time_base), False, last
    last = last or pts[-1] - pts[-2]
    for rate in candidates:
        ticks = 1 / (rate * time_base)
        slack = _slack(ticks)
        if all(abs(stamp - pts[0] - n * ticks) <= slack for n, stamp in enumerate(pts)):
            # Rounded ticks leave the end open by one; the rate says where it is.
            end = round(len(pts) * ticks) - (pts[-1] - pts[0])
            return rate, False, end if abs(end - last) <= slack else last
    average = len(pts) / ((pts[-1] + last - pts[0]) * time_base)
    steps = {b - a for a, b in pairwise((*pts, pts[-1] + last))}
    return average, max(steps) - min(steps) > _slack(1 / (average * time_base)), last


def _slack(ticks: Fraction) -> Fraction:
    """How far rounding may move a frame that lasts so many ticks."""
    return max(Fraction(1), ticks / 100) if ticks >= 4 else Fraction(0)
