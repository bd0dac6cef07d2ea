"""Holds an answer until its task has ended, on request of the client."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Awaitable, Callable

from fastapi.concurrency import run_in_threadpool

from lipsync_demo.backend.jobs.job import Job
from lipsync_demo.backend.jobs.store import JobStore

_FIRST_POLL_SECONDS = 0.05
"""Seconds before the first poll of the job."""

_SLOWEST_POLL_SECONDS = 0.5
"""Maximum seconds between polls of the job."""

_LONGEST_HOLD_SECONDS = 5
"""Maximum seconds for which a result is held."""

_WAIT = re.compile(r"(?:^|[,;])\s*wait=(\d{1,4})\s*(?:$|[,;])")
"""The preference of RFC 7240 in a header."""


def hold_seconds(prefer: str) -> int:
    """For how many seconds a client prefers to wait, by its header `Prefer`.

    >>> hold_seconds("respond-async, wait=1"), hold_seconds("wait=900"), hold_seconds("wait=x")
    (1, 5, 0)
    """
    found = _WAIT.search(prefer)
    return min(int(found[1]), _LONGEST_HOLD_SECONDS) if found else 0


async def ended(
    job: Job,
    jobs: JobStore,
    *,
    seconds: float,
    gone: Callable[[], Awaitable[bool]],
    closing: threading.Event,
    slowest: float = _SLOWEST_POLL_SECONDS,
) -> Job:
    """Wait for the end of a job; return it as it is then or at the timeout.

    Args:
        seconds: timeout.
        gone: returns whether the client has disconnected.
        closing: set when the server stops.
        slowest: maximum seconds between polls of the job.
    """
    deadline = time.monotonic() + seconds
    pause = _FIRST_POLL_SECONDS
    while job.running and not closing.is_set() and not await gone():
        left = deadline - time.monotonic()
        if left <= 0:
            break
        await asyncio.sleep(min(pause, left))
        pause = min(pause * 1.5, slowest)
        found = await run_in_threadpool(jobs.get, job.id)
        if found is None:  # deleted meanwhile
            break
        job = found
    return job
