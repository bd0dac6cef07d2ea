"""The figures beside a result: what it took, what came out, what is known about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lipsync_demo import texts
from lipsync_demo.markup.words import charged, escape, megabytes, rate, seconds, short
from lipsync_demo.runs.record.run import MediaRecord, Run

SPENT = {
    "upload": "Upload",
    "limit": texts.Card.LIMIT,
    "queue": "Queue",
    "inference": "Inference",
    "download": "Download",
}
REST = texts.Card.MORE
SHORTEST = 0.05
"""Seconds of a run that no part accounts for and that are still worth a mention."""
ONE_FRAME = Fraction(1, 20)
"""Tolerance in seconds where the video's frame rate is not known."""
FLAGS = {True: ("flagged", "warn-ink"), False: ("clear", "good"), None: ("unknown", "warn-ink")}


@dataclass(frozen=True, slots=True)
class Output:
    """One output file as measured here: size in bytes, picture in pixels."""

    size_bytes: int
    width: int
    height: int
    fps: Fraction


def card(run: Run, outputs: Sequence[Output], links: Sequence[str], *, full: bool = True) -> str:
    """Tiles, checks, times and details of a finished run; `links` download the outputs.

    Without `full` only the beginning of the run's id is shown: whoever has it can act on it.
    """
    return f"{_tiles(run)}{_sheet(run, outputs, full)}{_take(links)}"


def _tiles(run: Run) -> str:
    count = _count(run)
    flags = [run.nsfw(n) for n in range(count)]
    worst = True if True in flags else None if None in flags else False
    word, ink = FLAGS[worst]
    counted = sum(flag is worst for flag in flags)
    own = any(run.said_nsfw(n) is None and run.own_check(n) for n in range(count))
    nsfw = texts.Card.nsfw_tile(counted, len(flags), own)
    length = _tile(_seconds(run.output_seconds), _length_words(run), _length_ink(run))
    return (
        '<div class="tiles">'
        f"{_tile(_seconds(run.timings.get('inference')), 'inference')}"
        f"{_tile(_seconds(run.timings.get('total')), texts.Card.TO_RESULT)}"
        f"{length}{_tile(word, nsfw, ink)}</div>"
    )


def _tile(value: str, label: str, ink: str = "") -> str:
    return f'<div><b class="{ink}">{value}</b><span>{label}</span></div>'


def _seconds(value: Fraction | float | None) -> str:
    return "–" if value is None else seconds(value)


def as_expected(run: Run) -> bool | None:
    """Whether the output is as long as the mode promised, to within one frame."""
    if run.output_seconds is None or run.expected_seconds is None:
        return None
    frame = 1 / run.video.fps if run.video and run.video.fps else ONE_FRAME
    return abs(run.output_seconds - run.expected_seconds) <= frame


def _length_words(run: Run) -> str:
    if as_expected(run) is None:
        return "length"
    return (
        texts.Card.AS_EXPECTED if as_expected(run) else f"{_seconds(run.expected_seconds)} expected"
    )


def _length_ink(run: Run) -> str:
    return "bad-ink" if as_expected(run) is False else ""


def _sheet(run: Run, outputs: Sequence[Output], full: bool) -> str:
    details = _details(run, outputs, run.id if full else short(run.id))
    return f'<div class="card">{_checks(run)}{_spent(run)}{details}</div>'


def _checks(run: Run) -> str:
    lines = []
    match as_expected(run):
        case True:
            lines.append(_line("✓", "good", texts.Card.LENGTH_AS_PROMISED, run))
        case False:
            lines.append(_line("!", "bad-ink", texts.Card.LENGTH_NOT_PROMISED, run))
    count = _count(run)
    lines += [_safety(run, n, f"Output {n + 1}" if count > 1 else "Output") for n in range(count)]
    return "".join(lines)


def _count(run: Run) -> int:
    """How many outputs there is something to say about, at least one."""
    return max(len(run.outputs), len(run.has_nsfw_contents), 1)


def _safety(run: Run, index: int, which: str) -> str:
    """Whether an output is safe for work, and who says so."""
    said, own = run.said_nsfw(index), run.own_check(index)
    word, ink = FLAGS[run.nsfw(index)]
    mark = "✓" if run.nsfw(index) is False else "!"
    if said is not None:
        return _row(mark, ink, texts.Card.flag(which), word)
    if own is None:
        return _row(mark, ink, texts.Card.unchecked(which), word)
    shown = texts.Card.own_score(word, own.score)
    return _row(mark, ink, texts.Card.own_check(which, own.frames), shown)


def _line(mark: str, ink: str, text: str, run: Run) -> str:
    expected, actual = _seconds(run.expected_seconds), _seconds(run.output_seconds)
    return _row(mark, ink, text, f"{actual}, expected {expected}")


def _row(mark: str, ink: str, text: str, value: str) -> str:
    return (
        f'<div class="line"><span class="{ink}" aria-hidden="true">{mark}</span>'
        f'<span>{text}</span><span class="value">{value}</span></div>'
    )


def _spent(run: Run) -> str:
    parts = {name: run.timings[name] for name in SPENT if name in run.timings}
    rest = run.timings.get("total", 0.0) - sum(parts.values())
    if rest >= SHORTEST:
        parts["rest"] = rest
    whole = sum(parts.values())
    if not whole:
        return ""
    bars = "".join(
        f'<i class="{name}" style="width:{100 * value / whole:.2f}%"></i>'
        for name, value in parts.items()
    )
    items = "".join(
        f'<li class="{name}">{SPENT.get(name, REST)} <b>{seconds(value)}</b></li>'
        for name, value in parts.items()
    )
    total = run.timings.get("total")
    if total is not None:
        items += f'<li class="all">Total <b>{seconds(total)}</b></li>'
    return (
        f'<div class="line-wide"><div class="spent" aria-hidden="true">{bars}</div>'
        f'<ul class="legend" aria-label="Where the time went">{items}</ul></div>'
    )


def _details(run: Run, outputs: Sequence[Output], run_id: str) -> str:
    rows = [
        ("Model", f"<code>{escape(run.model)}</code>"),
        (texts.Card.ANSWERED_BY, _answered(run)),
        ("Run", f"<code>{run_id}</code>"),
        ("Task", f"<code>{escape(run.prediction_id)}</code>" if run.prediction_id else "–"),
        *((texts.Card.choice(name), f"<code>{escape(v)}</code>") for name, v in run.chosen.items()),
        ("Video", _media(run.video)),
        ("Speech", _media(run.audio)),
        *(
            ("Output" if len(outputs) == 1 else f"Output {n + 1}", _output(output))
            for n, output in enumerate(outputs)
        ),
    ]
    if run.found:
        rows.append((texts.Card.FOUND, texts.Card.found(run.found)))
    if run.quote is not None:
        floor = " (floor price)" if run.quote.floor else ""
        rows.append(("Quoted", f"{run.quote.amount} {escape(run.quote.currency)}{floor}"))
    if run.charge is not None:
        rows.append(("Charged", charged(run.charge, "USD")))
    if run.backend == "local":
        rows.append(("Note", texts.Card.SYNTHETIC))
    cells = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)
    return f'<dl class="details">{cells}</dl>'


def _answered(run: Run) -> str:
    if run.backend == "local":
        return texts.Card.BY_LOCAL_ENGINE
    return escape(run.base_url)


def _media(record: MediaRecord | None) -> str:
    if record is None:
        return "–"
    size = f" · {record.width}×{record.height}" if record.width and record.height else ""
    fps = f" · {rate(record.fps)} fps" if record.fps else ""
    return (
        f"{escape(record.name)} · {seconds(record.seconds)}{size}{fps} · "
        f"{megabytes(record.size_bytes)}"
    )


def _output(output: Output) -> str:
    return (
        f"{output.width}×{output.height} · {rate(output.fps)} fps · {megabytes(output.size_bytes)}"
    )


def _take(links: Sequence[str]) -> str:
    buttons = "".join(
        f'<a class="button" href="{escape(link)}" download>'
        f"Download{f' {n + 1}' if len(links) > 1 else ''}</a>"
        for n, link in enumerate(links)
    )
    return f'<div class="take">{buttons}</div>' if buttons else ""
