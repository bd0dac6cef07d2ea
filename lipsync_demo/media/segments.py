"""Segments of an output, and the ways to lay a video along it. Times are `Fraction` seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

ZERO = Fraction(0)


class VideoMotion(str, Enum):
    """How a segment plays the source video."""

    FORWARD = "forward"
    BACKWARD = "backward"
    STRETCHED = "stretched"
    HELD = "held"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class VideoSegment:
    """A segment of output (`start`..`end`) and the source times it shows.

    `source_end` is less than `source_start` if the video plays backward, equal if a frame is held.
    """

    start: Fraction
    end: Fraction
    source_start: Fraction
    source_end: Fraction
    motion: VideoMotion

    @property
    def speed(self) -> Fraction:
        """Source seconds per output second: 1 forward, -1 backward, 0 held."""
        return (self.source_end - self.source_start) / (self.end - self.start)

    def source_time(self, t: Fraction) -> Fraction:
        """Return the source time shown at output time `t`."""
        return self.source_start + (t - self.start) * self.speed


@dataclass(frozen=True, slots=True)
class AudioSegment:
    """A segment of output and the speech it plays; `source_start` is None for silence."""

    start: Fraction
    end: Fraction
    source_start: Fraction | None

    @property
    def silent(self) -> bool:
        return self.source_start is None


@dataclass(frozen=True, slots=True)
class Footage:
    """A video to lay: its duration and those of its first and last frame, seconds."""

    seconds: Fraction
    first_frame: Fraction = ZERO
    last_frame: Fraction = ZERO


def once(video: Footage, total: Fraction) -> Sequence[VideoSegment]:
    """Play once; an output longer than the video holds its last frame."""
    if total <= video.seconds:
        return [VideoSegment(ZERO, total, ZERO, total, VideoMotion.FORWARD)]
    return [
        VideoSegment(ZERO, video.seconds, ZERO, video.seconds, VideoMotion.FORWARD),
        VideoSegment(video.seconds, total, video.seconds, video.seconds, VideoMotion.HELD),
    ]


def stretch(video: Footage, total: Fraction) -> Sequence[VideoSegment]:
    """Play the whole video, slower or faster, in exactly the output's length."""
    motion = VideoMotion.FORWARD if total == video.seconds else VideoMotion.STRETCHED
    return [VideoSegment(ZERO, total, ZERO, video.seconds, motion)]


def loop(video: Footage, total: Fraction) -> Sequence[VideoSegment]:
    """Repeat the video from its start."""
    segments: list[VideoSegment] = []
    start = ZERO
    while start < total:
        end = min(start + video.seconds, total)
        segments.append(VideoSegment(start, end, ZERO, end - start, VideoMotion.FORWARD))
        start = end
    return segments


def bounce(video: Footage, total: Fraction) -> Sequence[VideoSegment]:
    """Alternate forward and backward; the turning frame is shown once."""
    top, bottom = video.seconds - video.last_frame, video.first_frame
    if total <= video.seconds or top <= 0 or bottom >= video.seconds:
        return once(video, total)  # a single frame cannot bounce
    segments = [VideoSegment(ZERO, video.seconds, ZERO, video.seconds, VideoMotion.FORWARD)]
    start, backward = video.seconds, True
    while start < total:
        leg = top if backward else video.seconds - bottom
        length = min(leg, total - start)
        end = start + length
        if backward:
            segments.append(VideoSegment(start, end, top, top - length, VideoMotion.BACKWARD))
        else:
            segments.append(VideoSegment(start, end, bottom, bottom + length, VideoMotion.FORWARD))
        start, backward = end, not backward
    return segments
