"""A run as JSON for programs, and as lines of text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from lipsync_demo.cli import words
from lipsync_demo.markup import rate_limit
from lipsync_demo.markup.figures import charged
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.runs.record.run import MediaRecord, Run, RunState
from lipsync_demo.runs.record.run_json import RunJson, run_json
from lipsync_demo.wavespeed.model_catalogue import SYNC_MODE, short_name

MODE_LABELS = {SYNC_MODE: "mode", "model_mode": "moves"}
"""Short labels of some choices."""


def run_record(run: Run, output: Path | None = None) -> RunJson:
    """The run as JSON values; `output` is the path of a copy of its result."""
    result = output or run.output
    return {
        **run_json(run),
        "status": run.state.value,
        "output": None if result is None else str(result),
        "outputs": [str(path) for path in run.outputs],
        "folder": str(run.folder),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def listing(runs: Sequence[Run]) -> Iterator[str]:
    """Yield a line of headings, then one for each run."""
    rows = [words.LIST_COLUMNS, *map(_row, runs)]
    # The last column is the longest, so nothing stands after it.
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  ".join([*cells, row[-1]])


def _row(run: Run) -> tuple[str, ...]:
    length = f"{float(run.output_seconds):.2f} s" if run.output_seconds else "-"
    files = " + ".join(file_name(source) for source in (run.video_source, run.audio_source))
    return (
        run.id,
        _moment(run.created_at),
        run.state.value,
        run.choices_text,
        run.backend,
        short_name(run.model),
        length,
        files,
    )


def _nsfw(run: Run) -> str:
    return ", ".join(_flag(run, n) for n in range(len(run.outputs)))


def _flag(run: Run, index: int) -> str:
    said, own = run.api_nsfw(index), run.own_check(index)
    if said is not None:
        return "yes" if said else "no"
    if own is None:
        return words.UNCHECKED
    found = "yes" if own.flagged else "no"
    return words.own_check(own.frames, found, own.score)


def _input(record: MediaRecord | None, source: str) -> str:
    if record is None:
        return source
    picture = f", {record.width} × {record.height}" if record.width else ""
    return f"{record.name}, {float(record.seconds):.2f} s{picture}"


def details(run: Run) -> Iterator[str]:
    """Yield the run as lines of label and value, without empty ones."""
    lengths = [
        f"{float(value):.3f} s {word}"
        for value, word in ((run.expected_seconds, "expected"), (run.output_seconds, "measured"))
        if value is not None
    ]
    lines = {
        "run": run.id,
        "state": run.state.value,
        "model": run.model,
        **{MODE_LABELS.get(name, name): value for name, value in run.chosen.items()},
        "backend": run.backend,
        "started": _moment(run.started_at),
        "video": _input(run.video, run.video_source),
        "audio": _input(run.audio, run.audio_source),
        "task": run.prediction_id,
        "length": ", ".join(lengths),
        "timings": ", ".join(f"{name} {value:.2f} s" for name, value in run.timings.items()),
        "nsfw": _nsfw(run),
        "output": ", ".join(str(path) for path in run.outputs),
        "charged": charged(run.charge, "USD") if run.charge else None,
        "warning": " ".join(run.warnings),
        "trouble": run.trouble,
        "limit": rate_limit.told(run) if run.state is RunState.LIMITED else None,
        "key": words.NEEDS_KEY if run.needs_key else None,
        "error": str(run.error) if run.error else None,
    }
    for label, value in lines.items():
        if value:
            yield f"{label + ':':<9} {value}"
