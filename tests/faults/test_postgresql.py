"""Tasks and runs in a real PostgreSQL."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import inspect

from lipsync_demo.backend.jobs.job import COMPLETED, CREATED, Job, JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.workers import WorkerNote, Workers
from lipsync_demo.backend.schema import open_database as open_jobs
from lipsync_demo.database import Database
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.metrics.table import ATTEMPTS
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.webhook import Kind
from lipsync_demo.runs.storage.answers import Answers
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.storage.schema import open_database as open_runs
from lipsync_demo.runs.storage.webhooks import Webhooks
from tests.servers.postgresql import PostgresServer
from tests.unit.run_factory import made_in

pytestmark = pytest.mark.slow

CLAIMANTS, JOBS = 16, 160


@pytest.fixture
def database(server: PostgresServer) -> Iterator[Database]:
    opened = open_jobs(server.database())
    yield opened
    opened.close()


def add(jobs: JobStore, turn: str | None = None) -> Job:
    return jobs.add("v", "a", SyncMode.LOOP, turn=turn)


def test_both_schemas_live_in_one_database_whoever_comes_first(server: PostgresServer) -> None:
    url = server.database()
    opened: list[Database] = []
    threads = [
        threading.Thread(target=lambda opens=opens: opened.append(opens(url)))
        for opens in (open_jobs, open_runs) * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(opened) == 8
    tables = inspect(opened[0].engine).get_table_names()
    assert {"jobs", "workers", "runs", "ledger", "alembic_version", "version_jobs"} <= set(tables)
    for database in opened:
        database.close()


def test_no_job_is_claimed_twice(database: Database) -> None:
    jobs = JobStore(database)
    ids = {add(jobs).id for _ in range(JOBS)}
    claimed: list[str] = []

    def work(name: str) -> None:
        while (job := jobs.claim(name, 60_000)) is not None:
            claimed.append(job.id)
            assert jobs.finish(job, JobResult())

    threads = [threading.Thread(target=work, args=(f"w:{n}",)) for n in range(CLAIMANTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == JOBS
    assert set(claimed) == ids
    assert jobs.count(COMPLETED) == JOBS
    assert jobs.tallied(ATTEMPTS)["completed",] == JOBS


def test_a_claim_ends_with_its_lease_by_the_databases_clock(database: Database) -> None:
    jobs = JobStore(database)
    job = add(jobs)
    first = jobs.claim("a:1", 60_000)
    assert first is not None
    assert jobs.recover() == 0
    assert jobs.renew(first, 1, 0.5)
    time.sleep(0.05)
    assert jobs.recover() == 1
    assert not jobs.renew(first, 60_000, 0.6)
    second = jobs.claim("b:2", 60_000)
    assert second is not None
    assert (second.id, second.attempts) == (job.id, 2)
    assert not jobs.finish(first, JobResult(outputs=("late.mp4",), nsfw=(False,)))
    assert jobs.finish(second, JobResult(outputs=("b.mp4",), nsfw=(False,)))
    done = jobs.get(job.id)
    assert done is not None
    assert done.outputs == ["b.mp4"]
    # What the first one wrote too late counts nowhere.
    attempts = jobs.tallied(ATTEMPTS)
    assert (attempts["completed",], attempts["interrupted",]) == (1, 1)


def test_a_cut_connection_is_made_anew(server: PostgresServer, database: Database) -> None:
    jobs = JobStore(database)
    add(jobs)
    server.cut()
    assert jobs.count(CREATED) == 1


def test_silent_workers_do_not_count(database: Database) -> None:
    workers = Workers(database)
    note = WorkerNote(name="a", release="1", processes=2)
    workers.note(note)
    assert workers.alive(60_000) == [note]
    time.sleep(0.05)
    assert workers.alive(1) == []
    workers.forget(1)
    assert workers.alive(60_000) == []


def test_a_key_is_claimed_once_and_a_message_is_sent_once(
    server: PostgresServer, tmp_path: Path
) -> None:
    database = open_runs(server.database())
    answers, webhooks = Answers(database), Webhooks(database)
    with ThreadPoolExecutor(CLAIMANTS) as pool:
        claims = [pool.submit(answers.claim, "k", "f", f"owner:{n}") for n in range(CLAIMANTS)]
        found = [claim.result() for claim in claims]
    assert sum(new for _, new in found) == 1
    assert len({answer.target for answer, _ in found}) == 1
    answer = found[0][0]
    with ThreadPoolExecutor(CLAIMANTS) as pool:
        taken = [pool.submit(answers.take, answer, f"other:{n}") for n in range(CLAIMANTS)]
        assert sum(take.result() for take in taken) == 1
    hook = webhooks.add("d" * 32, None, "https://example.com/", [Kind.RUN])
    run = made_in(tmp_path)(id="e" * 32)
    webhooks.announce(None, Kind.RUN, run.id)
    assert webhooks.claim(now(), now()) is None
    RunTable(database, run.folder.parent).add(run, None)
    with ThreadPoolExecutor(CLAIMANTS) as pool:
        until = now() + timedelta(days=1)
        sent = [pool.submit(webhooks.claim, now(), until) for _ in range(CLAIMANTS)]
        assert sum(one.result() is not None for one in sent) == 1
    assert [one.target for one in webhooks.deliveries(hook.id, 5)] == [run.id]
    database.close()
