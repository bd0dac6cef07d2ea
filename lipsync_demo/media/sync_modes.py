"""What each `sync_mode` does with a video and a speech track of different lengths.

`MODES` is the only definition, used by the page, the command line, the local engine, the checks,
the documents and the tests: a new mode is a member of `SyncMode` and a row. Times are `Fraction`
seconds. The behaviour follows sync.so's developer guide "sync-mode"; where that is silent:

* `silence` with longer audio holds the last frame;
* `bounce` shows the turning frame once, so a backward leg is one frame shorter than a forward one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from lipsync_demo.languages import _
from lipsync_demo.media import words
from lipsync_demo.media.segments import (
    ZERO,
    AudioSegment,
    Footage,
    VideoSegment,
    bounce,
    loop,
    once,
    stretch,
)


class SyncMode(str, Enum):
    """The values the API accepts in `sync_mode`."""

    CUT_OFF = "cut_off"
    BOUNCE = "bounce"
    LOOP = "loop"
    SILENCE = "silence"
    REMAP = "remap"

    def __str__(self) -> str:
        return self.value


DEFAULT_SYNC_MODE = SyncMode.CUT_OFF
"""The API's default."""


@dataclass(frozen=True, slots=True)
class ModeTexts:
    """One sentence for each case of a mode, without its length."""

    summary: str
    audio_longer: str
    video_longer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModeSpec:
    """The definition of a mode.

    `length` returns the output's seconds for those of video and speech, `lay` the video segments
    of an output of that length.
    """

    texts: ModeTexts
    length: Callable[[Fraction, Fraction], Fraction]
    lay: Callable[[Footage, Fraction], Sequence[VideoSegment]]


def _speech(video: Fraction, audio: Fraction) -> Fraction:
    return audio


MODES: Mapping[SyncMode, ModeSpec] = {
    SyncMode.CUT_OFF: ModeSpec(
        texts=ModeTexts(
            _("Stop when the shorter of the two ends."),
            _("Stop with the video; the rest of the speech is cut."),
            _("Stop with the speech; the rest of the video is cut."),
        ),
        length=min,
        lay=once,
    ),
    SyncMode.BOUNCE: ModeSpec(
        texts=ModeTexts(
            _("Play the video forward and backward until the speech ends."),
            _("Play the video back and forth until the speech ends."),
            _("Stop with the speech; the rest of the video is cut."),
        ),
        length=_speech,
        lay=bounce,
    ),
    SyncMode.LOOP: ModeSpec(
        texts=ModeTexts(
            _("Start the video again until the speech ends."),
            _("Start the video again until the speech ends."),
            _("Stop with the speech; the rest of the video is cut."),
        ),
        length=_speech,
        lay=loop,
    ),
    SyncMode.SILENCE: ModeSpec(
        texts=ModeTexts(
            _("Keep both whole: silence after the speech, or a still picture after the video."),
            _("Hold the last picture until the speech ends."),
            _("Play the whole video, silent after the speech."),
        ),
        length=max,
        lay=once,
    ),
    SyncMode.REMAP: ModeSpec(
        texts=ModeTexts(
            _("Slow the video down or speed it up until it is as long as the speech."),
            _("Slow the video down to the length of the speech."),
            _("Speed the video up to the length of the speech."),
        ),
        length=_speech,
        lay=stretch,
    ),
}
if missing := set(SyncMode) - set(MODES):
    raise LookupError(f"sync_modes.MODES has no row for {', '.join(map(str, missing))}")


@dataclass(frozen=True, slots=True)
class Timeline:
    """Both tracks laid for one mode; the segments cover the output without a gap."""

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
        """Seconds at the end of the speech that are never played."""
        played = sum((s.end - s.start for s in self.audio if not s.silent), ZERO)
        return self.audio_seconds - played

    @property
    def sentence(self) -> str:
        """The mode's sentence for these two lengths."""
        texts = MODES[self.mode].texts
        if self.audio_seconds > self.video_seconds:
            return texts.audio_longer
        if self.audio_seconds < self.video_seconds:
            return texts.video_longer
        return words.EQUALLY_LONG

    def segment_at(self, t: Fraction) -> VideoSegment:
        """Return the video segment at output time `t` (0 <= t < output_seconds).

        Raises:
            ValueError: `t` is outside the output.
        """
        if not 0 <= t < self.output_seconds:
            raise ValueError(f"{t} s lies outside an output of {self.output_seconds} s")
        return self.video[bisect_right(self.video, t, key=lambda s: s.start) - 1]


def output_seconds(mode: SyncMode, video: Fraction, audio: Fraction) -> Fraction:
    """Return the output's length for a video and a speech track of these lengths, seconds."""
    return MODES[mode].length(video, audio)


def timeline(
    mode: SyncMode,
    video: Fraction,
    audio: Fraction,
    *,
    first_frame: Fraction = ZERO,
    last_frame: Fraction = ZERO,
) -> Timeline:
    """Return the timeline of `video` seconds of video and `audio` seconds of speech in `mode`.

    `first_frame` and `last_frame` are the durations of the video's outer frames, seconds, which
    `bounce` needs to show a turning frame once.

    Raises:
        ValueError: a length is not positive.
    """
    if video <= 0 or audio <= 0:
        raise ValueError("video and speech must both be longer than zero seconds")
    total = output_seconds(mode, video, audio)
    sounding = min(audio, total)
    sound = [AudioSegment(ZERO, sounding, ZERO)]
    if sounding < total:
        sound.append(AudioSegment(sounding, total, None))
    picture = MODES[mode].lay(Footage(video, first_frame, last_frame), total)
    return Timeline(mode, video, audio, total, tuple(picture), tuple(sound))


def equal_modes(
    video: Fraction,
    audio: Fraction,
    *,
    first_frame: Fraction = ZERO,
    last_frame: Fraction = ZERO,
) -> tuple[tuple[SyncMode, ...], ...]:
    """Return the groups of modes with the same output for these lengths, in table order.

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
