"""Holds a submit's answer until its task has ended, on request of the client."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable

from fastapi.concurrency import run_in_threadpool

from lipsync_demo.backend.jobs.store import Job, JobStore

_FIRST_POLL_SECONDS = 0.05
"""Seconds before the first poll of the job."""

_SLOWEST_POLL_SECONDS = 0.5
"""Maximum seconds between polls of the job."""


async def ended(
    job: Job,
    jobs: JobStore,
    *,
    seconds: float,
    gone: Callable[[], Awaitable[bool]],
    closing: threading.Event,
) -> Job:
    """Wait for the end of a job; return it as it is then or at the timeout.

    Args:
        seconds: timeout.
        gone: returns whether the client has disconnected.
        closing: set when the server stops.
    """
    deadline = time.monotonic() + seconds
    pause = _FIRST_POLL_SECONDS
    while job.running and not closing.is_set() and not await gone():
        left = deadline - time.monotonic()
        if left <= 0:
            break
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, _SLOWEST_POLL_SECONDS)
        found = await run_in_threadpool(jobs.get, job.id)
        if found is None:  # deleted meanwhile
            break
        job = found
    return job
