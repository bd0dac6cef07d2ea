from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from lipsync_demo.backend.jobs.held_answers import ended
from lipsync_demo.backend.jobs.job import Job, JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.media.sync_modes import SyncMode


def hold(jobs: JobStore, job: Job, *, seconds: float = 30, hangs_up_after: int = 10_000) -> Job:
    """Wait for the job; the client disconnects after this many checks."""
    asked = 0

    async def gone() -> bool:
        nonlocal asked
        asked += 1
        return asked > hangs_up_after

    waiting = ended(job, jobs, seconds=seconds, gone=gone, closing=threading.Event())
    # Playwright leaves its loop running in the thread of the tests.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, waiting).result()


def add(jobs: JobStore) -> Job:
    return jobs.add("https://m.example/v.mp4", "https://m.example/a.wav", SyncMode.LOOP)


def test_a_job_that_ended_is_not_waited_for(jobs: JobStore) -> None:
    add(jobs)
    job = jobs.claim()
    assert job is not None
    jobs.finish(job, JobResult(code=1403, error="No face."))
    assert hold(jobs, job).error == "No face."


def test_nobody_waits_for_a_client_that_hung_up(jobs: JobStore) -> None:
    start = time.monotonic()
    assert hold(jobs, add(jobs), hangs_up_after=2).running
    assert time.monotonic() - start < 5


def test_a_job_that_is_deleted_meanwhile_ends_the_wait(jobs: JobStore) -> None:
    job = add(jobs)
    claimed = jobs.claim()
    assert claimed is not None
    jobs.finish(claimed, JobResult())
    jobs.remove([job.id])
    assert jobs.get(job.id) is None
    # A wait that did not end would outlast the test's own time.
    assert hold(jobs, job, seconds=3600).id == job.id
