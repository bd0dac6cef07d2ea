"""This browser's runs.  A run's id is the key to it, so only ids the browser holds are shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lipsync_demo.report.words import escape, seconds
from lipsync_demo.runs.models import Run, RunState

INKS = {
    RunState.DONE: "good",
    RunState.FAILED: "bad-ink",
    RunState.UNCLEAR: "warn-ink",
    RunState.STOPPED: "warn-ink",
}
NOTHING_YET = (
    '<p class="quiet">No runs from this browser yet. Their ids are kept in this browser only; '
    "a run's address opens it anywhere.</p>"
)


def history(runs: Iterable[Run], current: str | None) -> str:
    """The list of runs, each a link to its own address."""
    rows = "".join(_row(run, current) for run in runs)
    return f'<ul class="runs">{rows}</ul>' if rows else NOTHING_YET


def _row(run: Run, current: str | None) -> str:
    files = " + ".join(_names(run))
    length = seconds(run.output_seconds) if run.output_seconds is not None else ""
    here = ' aria-current="true"' if run.id == current else ""
    when = run.created_at.isoformat(timespec="seconds")
    return (
        f'<li><a href="?run={run.id}" data-run="{run.id}"{here}>'
        f'<b class="{INKS.get(run.state, "")}">{run.state}</b><span>{run.sync_mode}</span>'
        f'<span class="files">{escape(files)}</span><span>{length}</span>'
        f'<time datetime="{when}">{run.created_at:%d %b %H:%M} UTC</time></a></li>'
    )


def _names(run: Run) -> Sequence[str]:
    return [record.name for record in (run.video, run.audio) if record] or [
        "inputs not checked yet"
    ]
