"""The history of many runs against that of few: opened, and searched."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path
from statistics import median

from lab import thresholds
from lab.speed.app.figures import Figure
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import microseconds
from lipsync_demo.runs.record.run import MediaRecord, Run, RunState, dump_run
from lipsync_demo.runs.storage.run_row import RunRow
from lipsync_demo.runs.storage.run_search import RunSearch, search
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings

MANY, FEW = 10_000, 10
EPOCH = datetime(2026, 1, 1, tzinfo=timezone.utc)


def history(folder: Path, rounds: int) -> Figure:
    """Open and search both by turns, as the page's tab does.

    A browser knows the 500 runs it began last, and those of its comparisons and batches. A page of
    the list has as many runs in both, so that only their number in the database differs.
    """
    from lipsync_demo.ui.frame.ids import KEPT
    from lipsync_demo.ui.history.listing import history as listed

    def act(workspace: Workspace, ids: list[str], asked: RunSearch) -> Callable[[], object]:
        return lambda: listed(search(workspace.runs, ids, asked, 0, FEW), str)

    with (
        Workspace(Settings(data_dir=folder / "few")) as few,
        Workspace(Settings(data_dir=folder / "many")) as many,
    ):
        ids = _filled(few, folder / "few" / "runs", FEW)
        all_ids = _filled(many, folder / "many" / "runs", MANY)
        known = ((few, ids), (many, all_ids[:KEPT]), (many, all_ids))
        opened, searched = (
            _by_turns([act(workspace, theirs, asked) for workspace, theirs in known], rounds)
            for asked in (RunSearch(), RunSearch(words="talk clip"))
        )
    over = [max(opened[n] / opened[0], searched[n] / searched[0]) for n in (1, 2)]
    told = (
        f"{what} {took[1]:.1f} / {took[0]:.1f} ms"
        for what, took in (("open", opened), ("search", searched))
    )
    return Figure(
        thresholds.HISTORY,
        over[0],
        f"{', '.join(told)}; {over[1]:.1f} with all 10,000 in the browser's batches",
    )


def _filled(workspace: Workspace, folder: Path, count: int) -> list[str]:
    """Add runs that have ended; return their ids, newest first."""
    runs = [_run(folder, number) for number in range(count)]
    with workspace.runs.database.writing() as session:
        session.add_all(
            RunRow(
                id=run.id,
                created_us=microseconds(run.created_at),
                state=run.state.value,
                record=dump_run(run),
                backend=run.backend,
            )
            for run in runs
        )
    return [run.id for run in reversed(runs)]


def _run(folder: Path, number: int) -> Run:
    run_id, moment = secrets.token_hex(16), EPOCH + timedelta(minutes=number)
    path = folder / run_id
    given = MediaRecord(
        name=f"talk {number} clip.mp4",
        path=path / "video.mp4",
        size_bytes=1,
        sha256="0" * 64,
        seconds=Fraction(5),
    )
    return Run(
        id=run_id,
        created_at=moment,
        started_at=moment,
        updated_at=moment,
        state=RunState.DONE,
        backend="local",
        base_url="",
        sync_mode=SyncMode.CUT_OFF,
        folder=path,
        video_source="",
        audio_source="",
        video=given,
        audio=given,
        output_seconds=Fraction(5),
    )


def _by_turns(acts: list[Callable[[], object]], rounds: int) -> list[float]:
    """Median milliseconds of each act; the first round does not count."""
    seconds: list[list[float]] = [[] for _ in acts]
    for number in range(rounds + 1):
        for act, took in zip(acts, seconds, strict=True):
            began = time.perf_counter()
            act()
            if number:
                took.append(time.perf_counter() - began)
    return [1000 * median(took) for took in seconds]
