"""What all servers and workers of a database count together."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.database import Database
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.metrics.table import ATTEMPTS, RENDER_SECONDS

STAGES = {"fetch": 0.25, "render": 2.0}


def add(jobs: JobStore, *, patient: bool = False) -> str:
    return jobs.add("v", "a", SyncMode.LOOP, patient=patient).id


def test_every_attempt_is_counted_once_by_how_it_ended(jobs: JobStore) -> None:
    for _ in range(5):
        add(jobs)
    first, second, third, fourth, fifth = (jobs.claim(f"w:{n}", 60_000) for n in range(5))
    assert first
    assert second
    assert third
    assert fourth
    assert fifth
    assert jobs.finish(first, JobResult(stages=STAGES))
    assert jobs.finish(second, JobResult(code=1403, error="no"))
    jobs.interrupted(third)
    jobs.release(fourth)
    # Cancelled meanwhile: whatever its worker says is lost, and counts nowhere.
    jobs.cancel(fifth.id)
    assert not jobs.finish(fifth, JobResult(stages=STAGES))
    assert jobs.tallied(ATTEMPTS) == {
        ("completed",): 1,
        ("failed",): 1,
        ("interrupted",): 1,
        ("handed_back",): 1,
    }
    assert jobs.tallied(RENDER_SECONDS)["render",] == 2
    assert jobs.tallied(RENDER_SECONDS)["listen",] == 0


def test_what_is_written_a_second_time_is_counted_once(jobs: JobStore) -> None:
    """As when the answer to the first time was lost with its connection."""
    add(jobs)
    job = jobs.claim("w:1", 60_000)
    assert job
    assert jobs.finish(job, JobResult(outputs=("a.mp4",), stages=STAGES))
    assert jobs.finish(job, JobResult(outputs=("a.mp4",), stages=STAGES))
    assert jobs.tallied(ATTEMPTS)["completed",] == 1
    assert jobs.tallied(RENDER_SECONDS)["fetch",] == 0.25


def test_several_processes_count_into_one_sum(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.sqlite3'}"
    databases = [open_database(url) for _ in range(3)]
    for _ in range(30):
        add(JobStore(databases[0]))

    def work(database: Database) -> None:
        jobs = JobStore(database)
        while (job := jobs.claim("w:1", 60_000)) is not None:
            assert jobs.finish(job, JobResult(stages=STAGES))

    threads = [threading.Thread(target=work, args=(one,)) for one in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for database in databases:
        assert JobStore(database).tallied(ATTEMPTS)["completed",] == 30
        assert JobStore(database).tallied(RENDER_SECONDS)["render",] == 60
        database.close()


def test_the_queue_is_told_by_patience_and_age(
    jobs: JobStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = 1_000_000_000_000
    monkeypatch.setattr("lipsync_demo.backend.jobs.store.now_ms", lambda: moment)
    assert jobs.waiting() == {}
    add(jobs)
    moment += 4000
    add(jobs)
    add(jobs, patient=True)
    moment += 1000
    assert jobs.waiting() == {False: (2, 5.0), True: (1, 1.0)}
    assert jobs.statuses() == {"created": 3}
