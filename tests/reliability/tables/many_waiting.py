"""Thousands of runs that wait at a hosted API, driven by two replicas of the app."""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timezone
from fractions import Fraction
from pathlib import Path

import psutil
from sqlalchemy import func, select

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import MediaRecord, Run, RunState
from lipsync_demo.runs.storage.run_table import RunRow, RunTable
from lipsync_demo.runs.storage.schema import open_database
from tests.browser.site import Site, opened
from tests.faults.scripted_api import ScriptedApi, scripted_api
from tests.media_factory import make_video
from tests.reliability.paid import paid
from tests.reliability.table import Result, Table
from tests.reliability.watching import (
    BARE,
    NAMES,
    Watching,
    end_of,
    middle,
    milliseconds,
    span,
    until,
    watched,
)
from tests.servers.postgresql import postgres_server

REPLICAS = 2
MOST_A_SECOND = 50
"""Polls of one process of a server on this machine."""
LARGEST_KB = 20.0
PAGE_SECONDS = 0.3
RATIO_LIMIT = 3.0
END_SECONDS = 3600.0


@dataclass(frozen=True)
class Queue:
    """How many runs wait, and for how many seconds it is watched."""

    runs: int = 10_000
    quiet_seconds: float = 30.0
    watched_seconds: float = 240.0


def run(seed: int) -> Result:
    del seed  # nothing is random
    return measured(Queue())


def measured(queue: Queue) -> Result:
    with ExitStack() as stack:
        made = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        api = stack.enter_context(scripted_api(make_video(made / "clip.mp4", 1)))
        api.statuses = ["processing"]
        server = stack.enter_context(postgres_server())
        shared = {
            **paid(api),
            "LIPSYNC_DATABASE_URL": server.database(),
            "LIPSYNC_DATA_DIR": str(made / "data"),
        }
        sites = []
        for number in range(REPLICAS):
            (made / str(number)).mkdir()
            sites.append(stack.enter_context(opened(made / str(number), forked=False, **shared)))
        ending = stack.enter_context(ExitStack())
        asking = ending.enter_context(watched(sites[0].url, made / "bare", tuple(NAMES)))
        database = open_database(shared["LIPSYNC_DATABASE_URL"])
        stack.callback(database.close)
        table = RunTable(database, made / "data" / "runs")
        quiet = span(lambda: time.sleep(queue.quiet_seconds))
        before = _memory(sites)
        began = time.monotonic()
        for _ in range(queue.runs):
            _add(table, api, made / "data" / "runs")
        until(lambda: len(api.looked_at) >= queue.runs, "not every run was taken over", END_SECONDS)
        taken = time.monotonic() - began
        loud = span(lambda: time.sleep(queue.watched_seconds))
        grown = _memory(sites) - before
        ending.close()
        polls = [moment for moment in api.looks if loud[0] <= moment <= loud[1]]
        looks = Counter(api.looked_at)
        began = time.monotonic()
        api.statuses = ["completed"]
        until(lambda: not _unfinished(table), "not every run ended", END_SECONDS)
        ended = time.monotonic() - began
        return _judged(
            queue, asking, (quiet, loud), polls, looks, grown, (taken, ended), _done(table)
        )


def _add(table: RunTable, api: ScriptedApi, folder: Path) -> None:
    """A run whose process is gone while its task is under way."""
    run_id = secrets.token_hex(16)
    home = folder / run_id
    moment = datetime.now(timezone.utc)
    request = {"video": f"{api.url}/uploads/v.mp4", "audio": f"{api.url}/uploads/a.wav"}
    with api.lock:
        task = api.new_task(request)
    (home / "video").mkdir(parents=True)
    media = MediaRecord(
        name="clip.mp4",
        path=home / "video" / "clip.mp4",
        size_bytes=7,
        sha256="0" * 64,
        seconds=Fraction(1),
    )
    table.add(
        Run(
            id=run_id,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=RunState.WAITING,
            backend="wavespeed",
            base_url=api.url,
            sync_mode=SyncMode.LOOP,
            folder=home,
            video_source="clip.mp4",
            audio_source="speech.wav",
            video=media,
            audio=media,
            request=request,
            submitted_at=moment,
            submits=1,
            prediction_id=task["id"],
            prediction={name: value for name, value in task.items() if name != "input"},
        ),
        None,
    )


def _memory(sites: list[Site]) -> int:
    return sum(psutil.Process(site.pid).memory_info().rss for site in sites)


def _unfinished(table: RunTable) -> int:
    return len(table.unfinished())


def _done(table: RunTable) -> int:
    with table.database.reading() as session:
        query = select(func.count()).where(RunRow.state == RunState.DONE.value)
        return session.scalar(query) or 0


def _judged(
    queue: Queue,
    asking: dict[str, Watching],
    spans: tuple[tuple[float, float], tuple[float, float]],
    polls: list[float],
    looks: Counter[str],
    grown: int,
    took: tuple[float, float],
    done: int,
) -> Result:
    rows: list[tuple[object, ...]] = []
    missed = []
    for kind, name in NAMES.items():
        quiet, loud = (asking[kind].seconds([one]) for one in spans)
        ends = end_of(quiet, 0.95), end_of(loud, 0.95)
        ratio = ends[1] / ends[0]
        rows.append(
            (
                name,
                milliseconds(middle(quiet), middle(loud)),
                milliseconds(*ends),
                f"{ratio:.2f}",
            )
        )
        if kind != BARE and ends[1] > PAGE_SECONDS and ratio > RATIO_LIMIT:
            missed.append(f"{name} took {1000 * ends[1]:.0f} ms, {ratio:.2f} times as long (95 %)")
    rate = len(polls) / (spans[1][1] - spans[1][0])
    each = grown / 1000 / queue.runs
    spread = min(looks.values()), statistics.median(looks.values()), max(looks.values())
    rows += [
        ("runs that waited, and ended", f"{queue.runs}, {done}", "", ""),
        ("taken over by two replicas, seconds", f"{took[0]:.0f}", "", ""),
        ("polls a second of both", f"{rate:.0f}", "", ""),
        ("polls of a run: least, median, most", "{:.0f}, {:.0f}, {:.0f}".format(*spread), "", ""),
        ("memory of a waiting run", f"{each:.1f} kB", "", ""),
        ("ended, seconds after their tasks", f"{took[1]:.0f}", "", ""),
    ]
    if done != queue.runs:
        missed.append(f"{done} of {queue.runs} runs ended well")
    if rate > REPLICAS * MOST_A_SECOND * 1.1:
        missed.append(f"{rate:.0f} polls a second")
    if each > LARGEST_KB:
        missed.append(f"a waiting run takes {each:.1f} kB")
    columns = ("what", "median, quiet / waiting", "95 %, quiet / waiting", "ratio of the 95 %")
    return Result(columns, rows, missed)


def goal(queue: Queue) -> str:
    """What the table has to show."""
    return (
        f"{queue.runs} runs wait at a scripted API and are taken over by two replicas of the app "
        f"on one PostgreSQL. All end; at most {MOST_A_SECOND} polls a second of each replica, at "
        f"most {LARGEST_KB:.0f} kB a waiting run, the page's 95 % within {1000 * PAGE_SECONDS:.0f} "
        f"ms or {RATIO_LIMIT:.0f} times what it takes without them."
    )


TABLE = Table("Many runs wait", goal(Queue()), run)
