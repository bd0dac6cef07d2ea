"""The timeline drawing below the modes: both tracks to scale.

`bars()` turns a `Timeline` into labelled bars; `draw()` and `describe()` make the picture and its
text alternative from the same bars.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from markupsafe import Markup

from lipsync_demo.languages import joined
from lipsync_demo.markup import words
from lipsync_demo.markup.figures import factor, seconds
from lipsync_demo.media.segments import AudioSegment, VideoMotion, VideoSegment
from lipsync_demo.media.sync_modes import Timeline
from lipsync_demo.templates import render

NARROWEST = Fraction(1, 25)
"""Share of the drawing's width below which repeated passes are merged."""

FINEST = Fraction(1, 80)
"""Share of the drawing's width below which repeats are hatched instead of drawn to scale."""

_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600)
"""Whole seconds between ticks."""

STEPS = (*(Fraction(n, 100) for n in (1, 2, 5, 10, 20, 50)), *map(Fraction, _SECONDS))
"""Possible seconds between ticks below the drawing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a track from `start` to `end`, in seconds of the drawing.

    `texts` are its labels from long to short, `period` is the length in seconds of one pass in a
    bar of merged passes.
    """

    start: Fraction
    end: Fraction
    kind: str
    words: str
    texts: tuple[str, ...] = ()
    period: Fraction | None = None


def bars(
    timeline: Timeline, narrowest: Fraction = NARROWEST
) -> tuple[tuple[Bar, ...], tuple[Bar, ...]]:
    """The bars of the video track and of the speech track.

    Repeated passes are merged if each is narrower than the share `narrowest` of the drawing.
    """
    end = timeline.output_seconds
    video = list(_video_bars(timeline, _extent(timeline) * narrowest))
    if timeline.video_trimmed > 0:
        video.append(_cut(end, timeline.video_trimmed))
    speech = [_audio_bar(segment, timeline) for segment in timeline.audio]
    if timeline.audio_trimmed > 0:
        speech.append(_cut(end, timeline.audio_trimmed))
    return tuple(video), tuple(speech)


def _video_bars(timeline: Timeline, narrow: Fraction) -> Sequence[Bar]:
    segments = timeline.video
    # A reversal skips one frame, so passes after the first are shorter.
    if len(segments) <= 4 or min(s.end - s.start for s in segments[:2]) >= narrow:
        return [_video_bar(segment) for segment in segments]
    rest = segments[2:]
    back_and_forth = any(segment.motion is VideoMotion.BACKWARD for segment in rest)
    how = words.BACK_AND_FORTH if back_and_forth else words.AGAIN_AND_AGAIN
    text = words.more_passes(len(rest), how)
    merged = Bar(
        rest[0].start,
        rest[-1].end,
        "bounces" if back_and_forth else "loops",
        text,
        (text, words.more(len(rest)), "…"),
        rest[1].end - rest[0].start if back_and_forth else rest[0].end - rest[0].start,
    )
    return [_video_bar(segments[0]), _video_bar(segments[1]), merged]


def _video_bar(segment: VideoSegment) -> Bar:
    start, end = _number(segment.source_start), _number(segment.source_end)
    motion = segment.motion
    if motion is VideoMotion.HELD:
        text = words.held_for(seconds(segment.end - segment.start))
        texts: tuple[str, ...] = (words.HELD, words.HELD_SHORT, "‖")
    elif motion is VideoMotion.STRETCHED:
        speed = factor(segment.speed)
        slow = segment.speed < 1
        text = (words.slowed if slow else words.sped_up)(speed, start, end)
        short = (words.slowed_short if slow else words.sped_up_short)(speed)
        texts = (
            (words.slowed_from if slow else words.sped_up_from)(speed, start, end),
            short,
            speed,
        )
    elif motion is VideoMotion.BACKWARD:
        text = words.backward(start, end)
        texts = (words.backward_from(start, end), f"◂ {start} → {end}", "◂")
    else:
        text = words.forward(start, end)
        texts = (words.forward_from(start, end), f"{start} → {end}", "▸")
    return Bar(segment.start, segment.end, str(motion), text, texts)


def _audio_bar(segment: AudioSegment, timeline: Timeline) -> Bar:
    length = seconds(segment.end - segment.start)
    if segment.silent:
        text = words.silence_for(length)
        return Bar(segment.start, segment.end, "silent", text, (text, words.SILENCE, "–"))
    whole = words.WHOLE if timeline.audio_trimmed == 0 else words.FIRST_PART
    return Bar(
        segment.start,
        segment.end,
        "speech",
        f"{whole}, {length}",
        (f"{whole}, {length}", length, "♪"),
    )


def _cut(start: Fraction, length: Fraction) -> Bar:
    text = words.cut_off_for(seconds(length))
    return Bar(start, start + length, "cut", text, (text, words.CUT_OFF, "✂"))


def _extent(timeline: Timeline) -> Fraction:
    return timeline.output_seconds + max(timeline.video_trimmed, timeline.audio_trimmed)


def _number(value: Fraction) -> str:
    return "0" if value == 0 else f"{float(value):.2f}"


def _tick(value: Fraction) -> str:
    if value == 0:
        return "0 s"
    if value >= 60:
        return f"{value // 60}:{int(value % 60):02d}"
    return f"{float(value):g}"


def describe(timeline: Timeline) -> str:
    """The drawing's text alternative."""
    video, speech = bars(timeline, narrowest=Fraction(1))
    return words.alignment(
        seconds(timeline.output_seconds),
        joined(words.THEN, (bar.words for bar in video)),
        joined(words.THEN, (bar.words for bar in speech)),
    )


def draw(timeline: Timeline) -> Markup:
    """The drawing as HTML, positioned in percent to fit any screen."""
    extent = _extent(timeline)
    video, speech = bars(timeline)
    total = timeline.output_seconds
    return render(
        "markup/alignment.html",
        description=describe(timeline),
        output=words.OUTPUT,
        tracks=[
            ("video", words.VIDEO_LANE, [_placed(bar, extent) for bar in video]),
            ("speech", words.SPEECH_LANE, [_placed(bar, extent) for bar in speech]),
        ],
        place="inside" if float(total / extent) > 0.4 else "beside",
        width=_percent(total / extent),
        length=seconds(total),
        ticks=[(_percent(second / extent), _tick(second)) for second in _ticks(extent)],
    )


def _placed(bar: Bar, extent: Fraction) -> Mapping[str, Any]:
    length = bar.end - bar.start
    style = f"left:{_percent(bar.start / extent)};width:{_percent(length / extent)}"
    if bar.period is not None and bar.period / extent >= FINEST:
        style += f";--period:{_percent(bar.period / length)}"
    sizes = ("long", "mid", "short")[-len(bar.texts) :]
    labels = list(zip(sizes, bar.texts, strict=True))
    return {"kind": bar.kind, "style": style, "labels": labels}


def _percent(share: Fraction) -> str:
    return f"{float(share) * 100:.3f}%"


def _ticks(extent: Fraction) -> list[Fraction]:
    """At most six ticks in seconds, none at the very end: more would touch on a narrow phone."""
    step = next((step for step in STEPS if extent / step <= 5), STEPS[-1])
    count = int(extent * Fraction(19, 20) / step)
    return [step * n for n in range(count + 1)]
