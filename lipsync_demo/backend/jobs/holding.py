"""Holding a submit until its task has ended, for clients that ask for that."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

from fastapi.concurrency import run_in_threadpool

from lipsync_demo.backend.jobs.store import Job, JobStore

_FIRST_LOOK_SECONDS = 0.05
_SLOWEST_LOOK_SECONDS = 0.5


async def ended(
    job: Job,
    jobs: JobStore,
    *,
    seconds: float,
    gone: Callable[[], Awaitable[bool]],
    closing: threading.Event,
) -> Job:
    """The job once it has ended, or as it is when there is no more waiting for it.

    Args:
        seconds: the longest wait.
        gone: whether the client has hung up.
        closing: set when the server stops.
    """
    deadline = time.monotonic() + seconds
    pause = _FIRST_LOOK_SECONDS
    while job.running and not closing.is_set() and not await gone():
        left = deadline - time.monotonic()
        if left <= 0:
            break
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, _SLOWEST_LOOK_SECONDS)
        found = await run_in_threadpool(jobs.get, job.id)
        if found is None:  # deleted meanwhile
            break
        job = found
    return job
