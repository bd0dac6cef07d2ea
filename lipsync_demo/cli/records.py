"""A run as JSON for other programs, and as a few lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from lipsync_demo.report.values import media, seconds
from lipsync_demo.report.words import charged
from lipsync_demo.runs.models import MediaRecord, Run


def run_record(run: Run, output: Path | None = None) -> dict[str, Any]:
    """The run as JSON values; `output` is where its result was copied to, if it was.

    Lengths and timings are seconds.  `has_nsfw_contents` has a flag for each output, null
    where the model did not say.  `error` is null or `{what, hint, task_id}`.
    """
    result = output or run.output
    return {
        "run_id": run.id,
        "status": run.state.value,
        "sync_mode": run.sync_mode.value,
        "backend": run.backend,
        "output": None if result is None else str(result),
        "outputs": [str(path) for path in run.outputs],
        "expected_seconds": seconds(run.expected_seconds),
        "output_seconds": seconds(run.output_seconds),
        "timings": dict(run.timings),
        "has_nsfw_contents": list(run.has_nsfw_contents),
        "error": None if run.error is None else asdict(run.error),
        "warnings": list(run.warnings),
        "task_id": run.prediction_id,
        "created_at": run.created_at.isoformat(),
        "updated_at": run.updated_at.isoformat(),
        "folder": str(run.folder),
        "video": media(run.video),
        "audio": media(run.audio),
    }


def _moment(moment: datetime) -> str:
    return moment.astimezone().strftime("%Y-%m-%d %H:%M:%S")


def summary(run: Run) -> str:
    """The run in one line of a list."""
    length = f"{float(run.output_seconds):.2f} s" if run.output_seconds else "-"
    return (
        f"{run.id}  {_moment(run.created_at)}  {run.state.value:<11} {run.sync_mode.value:<8} "
        f"{run.backend:<9} {length}"
    )


def _nsfw(run: Run) -> str:
    words = {True: "yes", False: "no", None: "unknown"}
    return ", ".join(words[flag] for flag in run.has_nsfw_contents)


def _input(record: MediaRecord | None, source: str) -> str:
    if record is None:
        return source
    picture = f", {record.width} × {record.height}" if record.width else ""
    return f"{record.name}, {float(record.seconds):.2f} s{picture}"


def details(run: Run) -> Iterator[str]:
    """The run in lines of a label and what it says, only those there is something to say."""
    lengths = [
        f"{float(value):.3f} s {word}"
        for value, word in ((run.expected_seconds, "expected"), (run.output_seconds, "measured"))
        if value is not None
    ]
    lines = {
        "run": run.id,
        "state": run.state.value,
        "mode": run.sync_mode.value,
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
        "key": "needed to go on; resume with WAVESPEED_API_KEY set" if run.needs_key else None,
        "error": str(run.error) if run.error else None,
    }
    for label, value in lines.items():
        if value:
            yield f"{label + ':':<9} {value}"
