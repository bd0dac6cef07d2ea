"""A database server that is away for half a minute, and two releases side by side."""

from __future__ import annotations

import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

from lipsync_demo.backend.jobs.job import COMPLETED, PROCESSING, Filter
from lipsync_demo.backend.stores import Stores
from lipsync_demo.database.migrate import HOME
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.browser.site import ROOT
from tests.faults.scripted_api import KEY, scripted_api
from tests.reliability.fleet import fleet, stores_of, until
from tests.reliability.table import Result, Table
from tests.reliability.tables.workers_killed import Pair, media_in

AWAY_SECONDS = 30.0
RENDER_SECONDS = 5.0
TASKS, RUNS = 12, 6
LEASE_SECONDS = 45.0


def run(seed: int) -> Result:
    del seed  # nothing is random
    rows: list[tuple[object, ...]] = []
    missed: list[str] = []
    for what, counted in (
        (f"PostgreSQL away for {AWAY_SECONDS:.0f} s: tasks", _tasks_without_database),
        (f"PostgreSQL away for {AWAY_SECONDS:.0f} s: hosted runs", _runs_without_database),
        ("a server and a worker of the release before, a worker of this one", _upgraded),
    ):
        made, ended, note = counted()
        rows.append((what, made, ended, note))
        if made != ended:
            missed.append(f"{what}: {ended} of {made} ended well")
    return Result(("what", "begun", "ended well", "how"), rows, missed)


def _tasks_without_database() -> tuple[int, int, str]:
    with (
        tempfile.TemporaryDirectory() as made,
        fleet(LEASE_SECONDS) as crew,
        stores_of(crew) as stores,
    ):
        client = crew.client(crew.serve())
        crew.work_asleep(RENDER_SECONDS, 2)
        crew.ready(stores)
        links = _uploaded(client, media_in(Path(made), (1,))[0])
        tasks = [client.submit(*links, SyncMode.LOOP).id for _ in range(TASKS)]
        until(lambda: stores.jobs.count(PROCESSING) == 2, crew.log())
        crew.postgres.stop()
        late: list[str] = []
        submitting = threading.Thread(
            target=lambda: late.append(client.submit(*links, SyncMode.LOOP).id)
        )
        submitting.start()
        time.sleep(AWAY_SECONDS)
        crew.postgres.start()
        submitting.join()
        return _ended(stores, [*tasks, *late], TASKS + 1)


def _runs_without_database() -> tuple[int, int, str]:
    with tempfile.TemporaryDirectory() as made, fleet() as crew:
        video, speech = media_in(Path(made), (1,))[0]
        with scripted_api(video) as api:
            api.statuses = ["created", *["processing"] * 20, "completed"]
            settings = Settings(
                data_dir=Path(made) / "data",
                base_url=api.url,
                api_key=KEY,
                backend="wavespeed",
                allow_private_urls=True,
                database_url=crew.database_url,
            )
            with Workspace(settings, recover=True) as work:
                runs = [work.service.start(video, speech, "loop").id for _ in range(RUNS)]
                until(lambda: api.submits > 0, "nothing was submitted")
                crew.postgres.stop()
                time.sleep(AWAY_SECONDS)
                crew.postgres.start()
                until(
                    lambda: not any(work.runs.get(one).state.active for one in runs),
                    "runs do not end",
                )
                done = [one for one in runs if work.runs.get(one).state is RunState.DONE]
                return RUNS, len(done), f"{api.submits} submits, {len(api.tasks)} tasks"


def _upgraded() -> tuple[int, int, str]:
    with (
        tempfile.TemporaryDirectory() as made,
        _release_before(Path(made)) as (before, commit),
        fleet() as crew,
    ):
        crew.root = before
        client = crew.client(crew.serve())
        crew.work()
        with stores_of(crew, again=True) as stores:
            crew.ready(stores)
            crew.root = ROOT
            crew.work()  # which migrates
            crew.ready(stores)
            links = _uploaded(client, media_in(Path(made), (1,))[0])
            tasks = [client.submit(*links, mode).id for mode in SyncMode for _ in range(2)]
            until(lambda: stores.jobs.count(PROCESSING) == 2, crew.log())
            # The old one replaces its process, as it does at its limit of memory.
            psutil.Process(crew.workers[0].pid).children()[0].kill()
            made_by = _ended(stores, tasks, len(tasks))
            return (*made_by[:2], f"{made_by[2]}; the release before is {commit[:7]}")


@contextmanager
def _release_before(folder: Path) -> Iterator[tuple[Path, str]]:
    """A copy of the code from before the latest migration of the backend, and its commit."""
    newest = max((HOME / "jobs").glob("v*_*.py"))
    query = ("log", "--diff-filter=A", "--format=%H^", "-1", "--", str(newest))
    commit = _git("rev-parse", _git(*query))
    place = folder / "before"
    _git("worktree", "add", "--detach", str(place), commit)
    try:
        yield place, commit
    finally:
        _git("worktree", "remove", "--force", str(place))


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


def _uploaded(client: WaveSpeedClient, pair: Pair) -> tuple[str, str]:
    return client.upload(pair[0]), client.upload(pair[1])


def _ended(stores: Stores, tasks: Sequence[str], made: int) -> tuple[int, int, str]:
    """How many tasks were made and completed, and in how many attempts."""

    def jobs() -> list[object]:
        return [job for job in stores.jobs.page(Filter(ids=tasks), 1, 100)[1] if job.running]

    until(lambda: not jobs(), "tasks do not end")
    ended = stores.jobs.page(Filter(ids=tasks), 1, 100)[1]
    attempts = Counter(job.attempts for job in ended)
    by = Counter((job.worker or "").partition(":")[0] for job in ended)
    told = ", ".join(f"{attempts[n]} at attempt {n}" for n in sorted(attempts))
    completed = sum(job.status == COMPLETED for job in ended)
    return made, completed, f"{told}, by {len(by)} workers"


TABLE = Table(
    "Outages and upgrades",
    "Nobody loses a run while PostgreSQL is away for half a minute, nor while two releases work "
    "side by side. Tasks there sleep instead of being rendered; runs are at a scripted API.",
    run,
)
