"""The card beside a result: figures, checks, times and details."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup

from lipsync_demo.markup import words
from lipsync_demo.markup.details import OutputFacts, details
from lipsync_demo.markup.figures import seconds, short
from lipsync_demo.markup.waveform import waveform
from lipsync_demo.runs.record.run import Run
from lipsync_demo.templates import render

SPENT = {
    "upload": words.UPLOAD,
    "limit": words.ACCOUNT_LIMIT,
    "queue": words.QUEUE,
    "inference": words.INFERENCE_STEP,
    "download": words.DOWNLOAD,
    "shown": words.SHOWN,
}
"""Labels of the parts of a run's time; `shown` is from the end of the run to its picture."""

THERE = ("limit", "queue", "inference")
"""Parts of a run's time that it spends at the server, where `task` does not say how long."""

SHORTEST = 0.05
"""Minimum seconds that no part accounts for, to be listed as the rest."""

ONE_FRAME = Fraction(1, 20)
"""Tolerance in seconds for a video with an unknown frame rate."""
FLAGS = {
    True: (words.FLAG_SET, "warn-ink"),
    False: (words.CLEAR, "good"),
    None: (words.FLAG_UNKNOWN, "warn-ink"),
}
"""Word and CSS class of each NSFW flag."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A large figure and its label; `ink` is the class of its colour."""

    value: str
    label: str
    ink: str = ""


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check, with a mark at the left and a value at the right."""

    mark: str
    ink: str
    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a run's time, as text and in percent of the total."""

    name: str
    label: str
    seconds: str
    percent: str


def card(
    run: Run,
    outputs: Sequence[OutputFacts],
    *,
    full: bool = True,
    speech: Path | None = None,
) -> Markup:
    """Tiles, checks, times, speech and details of a finished run.

    Without `full` the run's id is shortened, as the full id allows actions on the run. `speech`
    is drawn in place of the run's own copy.
    """
    heard = speech or (run.audio.path if run.audio else None)
    total = _whole(run)
    return render(
        "markup/card.html",
        words=words,
        tiles=_tiles(run),
        lines=list(_checks(run)),
        parts=_spent(run),
        total=None if total is None else seconds(total),
        waited=waited(run),
        reused=reused(run),
        wave=waveform(heard) if heard and heard.is_file() else "",
        details=list(details(run, outputs, run.id if full else short(run.id))),
    )


def _tiles(run: Run) -> Sequence[Tile]:
    count = _count(run)
    flags = [run.nsfw(n) for n in range(count)]
    worst = True if True in flags else None if None in flags else False
    word, ink = FLAGS[worst]
    counted = sum(flag is worst for flag in flags)
    own = any(run.api_nsfw(n) is None and run.own_check(n) for n in range(count))
    return (
        Tile(
            _seconds(run.timings.get("inference")),
            words.INFERENCE_REUSED if reused(run) else words.INFERENCE,
        ),
        Tile(
            _seconds(_whole(run)), words.TO_PICTURE if "picture" in run.timings else words.TO_RESULT
        ),
        Tile(_seconds(run.output_seconds), _length_words(run), _length_ink(run)),
        Tile(word, words.nsfw_tile(counted, len(flags), own), ink),
    )


def _whole(run: Run) -> float | None:
    """Seconds from the click to the picture if a browser measured them, else to the run's end."""
    return run.timings.get("picture", run.timings.get("total"))


def waited(run: Run) -> str:
    """What a person waited for the picture, here and at the server; "" unless both are known."""
    times = run.timings
    away = times.get("task")
    if away is None and "inference" in times:
        away = sum(times.get(part, 0.0) for part in THERE)
    if "picture" not in times or away is None:
        return ""
    here = seconds(max(0.0, times["picture"] - away))
    if run.backend == "local":
        return words.waited_local(seconds(times["picture"]), here, seconds(away))
    return words.waited(seconds(times["picture"]), here, seconds(away))


def reused(run: Run) -> str:
    """What the local engine took from earlier runs; "" if it took nothing, or does not say."""
    found, spent = run.found, run.timings.get("inference")
    if spent is None:
        return ""
    time, frames = seconds(spent), found.get("reused_frames", 0)
    # Rounded down: 100 % is said of nothing but the whole picture.
    share = f"{100 * frames // max(1, found.get('frames', 0))}\N{NO-BREAK SPACE}%"
    if found.get("reused_analysis"):
        return words.reused_both(time, share) if frames else words.reused_analysis(time)
    return words.reused_picture(time, share) if frames else ""


def _seconds(value: Fraction | float | None) -> str:
    return "–" if value is None else seconds(value)


def as_expected(run: Run) -> bool | None:
    """Whether the output has the expected length within one frame; None if unknown."""
    if run.output_seconds is None or run.expected_seconds is None:
        return None
    frame = 1 / run.video.fps if run.video and run.video.fps else ONE_FRAME
    return abs(run.output_seconds - run.expected_seconds) <= frame


def _length_words(run: Run) -> str:
    if as_expected(run) is None:
        return words.LENGTH
    return words.AS_EXPECTED if as_expected(run) else words.expected(_seconds(run.expected_seconds))


def _length_ink(run: Run) -> str:
    return "bad-ink" if as_expected(run) is False else ""


def _checks(run: Run) -> Iterator[CheckLine]:
    length = words.length_expected(_seconds(run.output_seconds), _seconds(run.expected_seconds))
    match as_expected(run):
        case True:
            yield CheckLine("✓", "good", words.LENGTH_AS_PROMISED, length)
        case False:
            yield CheckLine("!", "bad-ink", words.LENGTH_NOT_PROMISED, length)
    count = _count(run)
    for number in range(count):
        yield _safety(
            run, number, words.output_number(number + 1) if count > 1 else words.OUTPUT_VIDEO
        )


def _count(run: Run) -> int:
    """The number of outputs to report on, at least one."""
    return max(len(run.outputs), len(run.has_nsfw_contents), 1)


def _safety(run: Run, index: int, which: str) -> CheckLine:
    """The line about an output's NSFW flag and its source."""
    said, own = run.api_nsfw(index), run.own_check(index)
    word, ink = FLAGS[run.nsfw(index)]
    mark = "✓" if run.nsfw(index) is False else "!"
    if said is not None:
        return CheckLine(mark, ink, words.flag(which), word)
    if own is None:
        return CheckLine(mark, ink, words.unchecked(which), word)
    shown = words.own_score(word, own.score)
    return CheckLine(mark, ink, words.own_check(which, own.frames), shown)


def _spent(run: Run) -> Sequence[Part]:
    parts = {name: run.timings[name] for name in SPENT if name in run.timings}
    total = run.timings.get("total", 0.0)
    rest = total - sum(parts.values())
    if rest >= SHORTEST:
        parts["rest"] = rest
    if "picture" in run.timings:
        parts["shown"] = max(0.0, run.timings["picture"] - total)
    whole = sum(parts.values())
    return [
        Part(name, SPENT.get(name, words.MORE), seconds(value), f"{100 * value / whole:.2f}")
        for name, value in parts.items()
        if whole
    ]
