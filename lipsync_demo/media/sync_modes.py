"""What each `sync_mode` does with a video and a speech track of different lengths.

One table, read by the page, the command line, the local engine, the documents and the
tests.  All times are `Fraction` seconds.  The behaviour matrix is the one in sync.so's
developer guide "sync-mode"; where it is silent the choices are:

* `silence` with longer audio holds the last frame;
* `bounce` does not show the turning frame twice, so a backward leg is one frame shorter
  than a forward one.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

ZERO = Fraction(0)


class SyncMode(str, Enum):
    """The five values the API accepts in `sync_mode`."""

    CUT_OFF = "cut_off"
    BOUNCE = "bounce"
    LOOP = "loop"
    SILENCE = "silence"
    REMAP = "remap"

    def __str__(self) -> str:
        return self.value


DEFAULT_SYNC_MODE = SyncMode.CUT_OFF


@dataclass(frozen=True, slots=True)
class ModeText:
    """One plain sentence for each case of a mode, without its length."""

    summary: str
    audio_longer: str
    video_longer: str


MODES: dict[SyncMode, ModeText] = {
    SyncMode.CUT_OFF: ModeText(
        "Stop when the shorter of the two ends.",
        "Stop with the video; the rest of the speech is cut.",
        "Stop with the speech; the rest of the video is cut.",
    ),
    SyncMode.BOUNCE: ModeText(
        "Play the video forward and backward until the speech ends.",
        "Play the video back and forth until the speech ends.",
        "Stop with the speech; the rest of the video is cut.",
    ),
    SyncMode.LOOP: ModeText(
        "Start the video again until the speech ends.",
        "Start the video again until the speech ends.",
        "Stop with the speech; the rest of the video is cut.",
    ),
    SyncMode.SILENCE: ModeText(
        "Keep both whole: silence after the speech, or a still picture after the video.",
        "Hold the last picture until the speech ends.",
        "Play the whole video, silent after the speech.",
    ),
    SyncMode.REMAP: ModeText(
        "Slow the video down or speed it up until it is as long as the speech.",
        "Slow the video down to the length of the speech.",
        "Speed the video up to the length of the speech.",
    ),
}


class VideoMotion(str, Enum):
    """How the source video moves during a segment."""

    FORWARD = "forward"
    BACKWARD = "backward"
    STRETCHED = "stretched"
    HELD = "held"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class VideoSegment:
    """A stretch of output (`start`..`end`) and the source times it shows.

    `source_end` is smaller than `source_start` when the video runs backward and equal to
    it when a frame is held.
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
        """Source time shown at output time `t` of this segment."""
        return self.source_start + (t - self.start) * self.speed


@dataclass(frozen=True, slots=True)
class AudioSegment:
    """A stretch of output and the speech it plays; `source_start` is None for silence."""

    start: Fraction
    end: Fraction
    source_start: Fraction | None

    @property
    def silent(self) -> bool:
        return self.source_start is None


@dataclass(frozen=True, slots=True)
class Timeline:
    """How both tracks are laid for one mode; segments cover the output without a gap."""

    mode: SyncMode
    video_seconds: Fraction
    audio_seconds: Fraction
    output_seconds: Fraction
    video: tuple[VideoSegment, ...]
    audio: tuple[AudioSegment, ...]

    @property
    def video_trimmed(self) -> Fraction:
        """Seconds at the end of the video that are never shown."""
        shown = max(max(s.source_start, s.source_end) for s in self.video)
        return max(ZERO, self.video_seconds - shown)

    @property
    def audio_trimmed(self) -> Fraction:
        """Seconds at the end of the speech that are never heard."""
        heard = sum((s.end - s.start for s in self.audio if not s.silent), ZERO)
        return self.audio_seconds - heard

    @property
    def sentence(self) -> str:
        """The mode's plain sentence for these two lengths."""
        text = MODES[self.mode]
        if self.audio_seconds > self.video_seconds:
            return text.audio_longer
        if self.audio_seconds < self.video_seconds:
            return text.video_longer
        return "Video and speech are equally long: nothing is cut, added or stretched."

    def segment_at(self, t: Fraction) -> VideoSegment:
        """The video segment that covers output time `t` (0 <= t < output_seconds).

        Raises:
            ValueError: `t` lies outside the output.
        """
        if not 0 <= t < self.output_seconds:
            raise ValueError(f"{t} s lies outside an output of {self.output_seconds} s")
        return self.video[bisect_right(self.video, t, key=lambda s: s.start) - 1]


def output_seconds(mode: SyncMode, video: Fraction, audio: Fraction) -> Fraction:
    """Length of the output in seconds for a video and a speech track of these lengths."""
    if mode is SyncMode.CUT_OFF:
        return min(video, audio)
    if mode is SyncMode.SILENCE:
        return max(video, audio)
    return audio


def timeline(
    mode: SyncMode,
    video: Fraction,
    audio: Fraction,
    *,
    first_frame: Fraction = ZERO,
    last_frame: Fraction = ZERO,
) -> Timeline:
    """Lay a video of `video` seconds and speech of `audio` seconds for `mode`.

    `first_frame` and `last_frame` are the durations of the video's outer frames; with
    them a `bounce` turns on a frame without showing it twice.

    Raises:
        ValueError: a length is not positive.
    """
    if video <= 0 or audio <= 0:
        raise ValueError("video and speech must both be longer than zero seconds")
    total = output_seconds(mode, video, audio)
    sounding = min(audio, total)
    audio_segments = [AudioSegment(ZERO, sounding, ZERO)]
    if sounding < total:
        audio_segments.append(AudioSegment(sounding, total, None))
    if mode is SyncMode.REMAP and video != audio:
        segments = [VideoSegment(ZERO, total, ZERO, video, VideoMotion.STRETCHED)]
    elif total <= video:
        segments = [VideoSegment(ZERO, total, ZERO, total, VideoMotion.FORWARD)]
    elif mode is SyncMode.SILENCE:
        segments = [
            VideoSegment(ZERO, video, ZERO, video, VideoMotion.FORWARD),
            VideoSegment(video, total, video, video, VideoMotion.HELD),
        ]
    elif mode is SyncMode.LOOP:
        segments = _loop(video, total)
    else:
        segments = _bounce(video, total, first_frame, last_frame)
    return Timeline(mode, video, audio, total, tuple(segments), tuple(audio_segments))


def _loop(video: Fraction, total: Fraction) -> list[VideoSegment]:
    segments: list[VideoSegment] = []
    start = ZERO
    while start < total:
        end = min(start + video, total)
        segments.append(VideoSegment(start, end, ZERO, end - start, VideoMotion.FORWARD))
        start = end
    return segments


def _bounce(
    video: Fraction, total: Fraction, first_frame: Fraction, last_frame: Fraction
) -> list[VideoSegment]:
    top, bottom = video - last_frame, first_frame
    if top <= 0 or bottom >= video:  # a single frame has nowhere to bounce to
        return [
            VideoSegment(ZERO, video, ZERO, video, VideoMotion.FORWARD),
            VideoSegment(video, total, video, video, VideoMotion.HELD),
        ]
    segments = [VideoSegment(ZERO, video, ZERO, video, VideoMotion.FORWARD)]
    start, backward = video, True
    while start < total:
        leg = top if backward else video - bottom
        length = min(leg, total - start)
        end = start + length
        if backward:
            segments.append(VideoSegment(start, end, top, top - length, VideoMotion.BACKWARD))
        else:
            segments.append(VideoSegment(start, end, bottom, bottom + length, VideoMotion.FORWARD))
        start, backward = end, not backward
    return segments


def equal_modes(
    video: Fraction,
    audio: Fraction,
    *,
    first_frame: Fraction = ZERO,
    last_frame: Fraction = ZERO,
) -> tuple[tuple[SyncMode, ...], ...]:
    """Groups of modes that give the same output for these lengths, in table order.

    Raises:
        ValueError: a length is not positive.
    """
    groups: list[tuple[Timeline, list[SyncMode]]] = []
    for mode in SyncMode:
        laid = timeline(mode, video, audio, first_frame=first_frame, last_frame=last_frame)
        for other, group in groups:
            if (laid.video, laid.audio) == (other.video, other.audio):
                group.append(mode)
                break
        else:
            groups.append((laid, [mode]))
    return tuple(tuple(group) for _, group in groups)
