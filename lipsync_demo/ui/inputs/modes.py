"""The choice of sync mode: the question above it and the text of each mode's card."""

from __future__ import annotations

from fractions import Fraction

from lipsync_demo.markup.figures import factor, seconds
from lipsync_demo.media.segments import VideoMotion
from lipsync_demo.media.sync_modes import (
    DEFAULT_SYNC_MODE,
    MODES,
    SyncMode,
    Timeline,
    equal_modes,
)
from lipsync_demo.ui.inputs import words

Timelines = dict[SyncMode, Timeline]


def question(video: Fraction | None, speech: Fraction | None) -> str:
    """The heading for two lengths in seconds."""
    if video is None or speech is None:
        return words.QUESTION
    difference = abs(video - speech)
    if difference == 0:
        return words.equal(seconds(video))
    by = seconds(difference) if difference >= Fraction(1, 200) else words.HARDLY
    return words.speech_longer(by) if speech > video else words.video_longer(by)


def choices(timelines: Timelines | None) -> list[tuple[str, str]]:
    """`(text, value)` for the radio; the text has lines for name, sentence and output length."""
    if timelines is None:
        return [(_lines(mode, MODES[mode].texts.summary), mode.value) for mode in SyncMode]
    first = _first_equal(timelines)
    return [(_text(laid, first[mode]), mode.value) for mode, laid in timelines.items()]


def _first_equal(timelines: Timelines) -> dict[SyncMode, SyncMode]:
    laid = next(iter(timelines.values()))
    groups = equal_modes(laid.video_seconds, laid.audio_seconds)
    return {mode: group[0] for group in groups for mode in group}


def _text(laid: Timeline, same_as: SyncMode) -> str:
    length = seconds(laid.output_seconds)
    if laid.video[0].motion is VideoMotion.STRETCHED:
        length += f" · {factor(laid.video[0].speed)}"
    if same_as is not laid.mode:
        length += words.same_as(str(same_as))
    return _lines(laid.mode, laid.sentence, length)


def _lines(mode: SyncMode, *lines: str) -> str:
    said = [str(mode), *lines, *([words.API_DEFAULT] if mode is DEFAULT_SYNC_MODE else [])]
    return "\n".join(str(line) for line in said)
