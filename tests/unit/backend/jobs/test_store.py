from __future__ import annotations

import threading
import time
from pathlib import Path

from lipsync_demo.backend.faults.effects import ForcedStatus
from lipsync_demo.backend.jobs.job import (
    COMPLETED,
    CREATED,
    FAILED,
    PROCESSING,
    Filter,
    Job,
    JobResult,
    now_ms,
)
from lipsync_demo.backend.jobs.store import MAX_ATTEMPTS, JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.database import Database
from lipsync_demo.media.sync_modes import SyncMode

DONE = JobResult(outputs=("a.mp4",), nsfw=(False,), queue_ms=5, inference_ms=20)


def add(jobs: JobStore, decree: ForcedStatus | None = None) -> Job:
    return jobs.add("v", "a", SyncMode.LOOP, decree=decree)


def claim(jobs: JobStore) -> Job:
    job = jobs.claim()
    assert job is not None
    return job


def test_jobs_are_claimed_in_the_order_they_came(jobs: JobStore) -> None:
    ids = [add(jobs).id for _ in range(3)]
    assert [claim(jobs).id for _ in range(3)] == ids
    assert jobs.claim() is None


def test_a_claim_is_written_before_it_is_handed_out(jobs: JobStore) -> None:
    before = now_ms()
    job = add(jobs)
    assert (job.status, job.attempts) == (CREATED, 0)
    claimed = claim(jobs)
    assert jobs.get(job.id) == claimed
    assert (claimed.status, claimed.attempts) == (PROCESSING, 1)
    assert claimed.claimed_ms is not None
    assert before <= claimed.created_ms <= claimed.claimed_ms <= now_ms()


def test_no_job_is_claimed_twice_by_threads(jobs: JobStore) -> None:
    ids = {add(jobs).id for _ in range(40)}
    claimed: list[str] = []

    def work() -> None:
        while (job := jobs.claim()) is not None:
            claimed.append(job.id)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == 40
    assert set(claimed) == ids


def test_an_outcome_is_written_down_whole(jobs: JobStore) -> None:
    add(jobs)
    job = claim(jobs)
    jobs.finish(job, DONE)
    done = jobs.get(job.id)
    assert done is not None
    assert (done.status, done.outputs, done.nsfw) == (COMPLETED, ["a.mp4"], [False])
    assert (done.queue_ms, done.inference_ms) == (5, 20)
    assert done.execution_ms >= 0


def test_an_outcome_with_a_code_is_a_failure(jobs: JobStore) -> None:
    add(jobs)
    job = claim(jobs)
    jobs.finish(job, JobResult(code=1402, error="gone"))
    failed = jobs.get(job.id)
    assert failed is not None
    assert (failed.status, failed.code, failed.error) == (FAILED, 1402, "gone")


def test_a_job_found_in_work_at_a_start_waits_again(jobs: JobStore, tmp_path: Path) -> None:
    waiting, lost = add(jobs), claim(jobs)
    assert waiting.id == lost.id
    later = open_database(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
    store = JobStore(later)
    assert store.recover() == 1
    assert claim(store).id == lost.id
    later.close()


def test_a_job_that_keeps_killing_its_worker_fails_in_the_end(jobs: JobStore) -> None:
    job_id = add(jobs).id
    for attempt in range(1, MAX_ATTEMPTS + 1):
        job = claim(jobs)
        assert job.attempts == attempt
        jobs.interrupted(job)
    assert jobs.claim() is None
    failed = jobs.get(job_id)
    assert failed is not None
    assert (failed.status, failed.code) == (FAILED, 5000)
    assert "3 times" in failed.error


def test_an_orderly_stop_is_no_attempt(jobs: JobStore) -> None:
    add(jobs)
    for _ in range(MAX_ATTEMPTS + 2):
        job = claim(jobs)
        assert job.attempts == 1
        jobs.release(job)


def test_a_decreed_job_is_never_worked_on(jobs: JobStore) -> None:
    created = add(jobs, ForcedStatus("created"))
    processing = add(jobs, ForcedStatus("processing"))
    failed = add(jobs, ForcedStatus("failed", 1200, "no"))
    assert jobs.claim() is None
    assert jobs.recover() == 0
    for job in (created, processing, failed):
        assert jobs.get(job.id) == job


def test_a_listing_shows_the_newest_first_page_by_page(jobs: JobStore) -> None:
    ids = [add(jobs).id for _ in range(5)]
    total, first = jobs.page(Filter(), 1, 2)
    _, last = jobs.page(Filter(), 3, 2)
    assert total == 5
    assert [job.id for job in first] == [ids[4], ids[3]]
    assert [job.id for job in last] == [ids[0]]
    assert jobs.page(Filter(), 10**30, 100) == (5, [])


def test_a_listing_filters_by_status_and_time(jobs: JobStore) -> None:
    done, waiting = add(jobs), add(jobs)
    jobs.finish(claim(jobs), DONE)
    assert [j.id for j in jobs.page(Filter(status=CREATED), 1, 9)[1]] == [waiting.id]
    assert [j.id for j in jobs.page(Filter(status=COMPLETED), 1, 9)[1]] == [done.id]
    assert jobs.page(Filter(after_ms=waiting.created_ms + 1), 1, 9)[0] == 0
    assert jobs.page(Filter(after_ms=done.created_ms, before_ms=now_ms()), 1, 9)[0] == 2
    assert jobs.page(Filter(before_ms=done.created_ms - 1), 1, 9)[0] == 0


def test_removing_skips_running_and_unknown_jobs(jobs: JobStore) -> None:
    done, running, waiting = add(jobs), add(jobs), add(jobs)
    jobs.finish(claim(jobs), DONE)
    claim(jobs)
    gone = jobs.remove([done.id, running.id, waiting.id, "unknown"])
    assert [job.id for job in gone] == [done.id]
    assert jobs.get(done.id) is None
    assert jobs.get(running.id) is not None


def test_old_jobs_are_removed_unless_somebody_works_on_them(jobs: JobStore) -> None:
    done, running, stuck = add(jobs), add(jobs), add(jobs, ForcedStatus("created"))
    jobs.finish(claim(jobs), DONE)
    claim(jobs)
    assert jobs.remove_older(done.created_ms) == []
    assert {job.id for job in jobs.remove_older(now_ms() + 1)} == {done.id, stuck.id}
    assert jobs.get(running.id) is not None


def test_the_database_survives_a_kill(database: Database) -> None:
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_people_take_turns_at_the_engine(jobs: JobStore) -> None:
    many = [jobs.add("v", "a", SyncMode.LOOP, turn="anna").id for _ in range(4)]
    plain = jobs.add("v", "a", SyncMode.LOOP).id
    few = [jobs.add("v", "a", SyncMode.LOOP, turn="ben").id for _ in range(2)]
    order = []
    for _ in range(7):
        time.sleep(0.002)  # whose turn it was is told in milliseconds
        order.append(claim(jobs).id)
    assert order == [many[0], plain, few[0], many[1], few[1], many[2], many[3]]
