"""A timer thread with the due time of each job, and worker threads that run the steps.

Thousands of runs may wait at once, each an entry in a heap of due times.  Polling, file transfers
and downloads from visitors' links have separate workers, so that a long upload never delays a poll,
and a slow link delays neither.  Visitors take turns for transfers.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import random
import threading
import time
from functools import partial
from queue import SimpleQueue
from typing import Protocol

from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.runs.driving.fair_pool import FairPool
from lipsync_demo.wavespeed.pacing.retries import Retry

POLL_WORKERS = 8
"""Threads for short steps, such as polling a task."""

TRANSFER_WORKERS = 4
"""Threads for long steps of one visitor, such as transferring files; one more is for others."""

CLOSE_TIMEOUT = 10.0
"""Seconds a closing scheduler waits for running steps, such as a billable request."""

FETCH_CLOSE_TIMEOUT = 0.5
"""The same for downloads from links: nothing is lost with them."""

RETRY_SECONDS = 30.0
"""Seconds before a step that raised, such as on a full disk, is retried."""

DATABASE_RETRY = Retry(first=0.5, slowest=30)
"""Back-off of steps for which the database is locked or out of order; they are not given up."""

logger = logging.getLogger(__name__)


class RepeatedJob(Protocol):
    """Work done in repeated steps."""

    @property
    def is_long(self) -> bool:
        """Whether the next step transfers files or computes, so that it may take minutes."""

    @property
    def turn(self) -> str:
        """Whose turn a long step is, an opaque name; empty for the app's own."""

    @property
    def fetches_for(self) -> str | None:
        """Who gave the links that the next step downloads from; None if it does not."""

    def step(self) -> float | None:
        """Run one step; return the seconds until the next one, None if the job is over."""


class Scheduler:
    """Runs the steps of jobs when they are due; its threads start with the first job.

    `fetching` runs those that download from links.
    """

    def __init__(self, fetching: FairPool | None = None) -> None:
        self._fetching = fetching or FairPool()
        self._heap: list[tuple[float, int, RepeatedJob]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._failures: dict[RepeatedJob, int] = {}
        self._short: SimpleQueue[RepeatedJob | None] = SimpleQueue()
        self._transfers = FairPool(TRANSFER_WORKERS + 1, TRANSFER_WORKERS, "runs-transfer")
        # Daemons: a hanging connection must not keep the app from closing, and nothing is
        # lost with them because every state is written before its step.
        self._timer = threading.Thread(target=self._dispatch, name="runs", daemon=True)
        self._workers = [
            threading.Thread(target=self._work, name="runs-poll", daemon=True)
            for _ in range(POLL_WORKERS)
        ]

    def add(self, job: RepeatedJob, delay: float = 0.0) -> None:
        """Run the next step of `job` in `delay` seconds; ignored once the scheduler is closed."""
        with self._changed:
            if not self._started and not self._closed:
                for thread in (self._timer, *self._workers):
                    thread.start()
            heapq.heappush(self._heap, (time.monotonic() + delay, next(self._count), job))
            self._changed.notify()

    def close(self) -> None:
        """Start no more steps and wait up to `CLOSE_TIMEOUT` seconds for running ones."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if not self._started:
            return
        self._timer.join()
        for _ in self._workers:
            self._short.put(None)
        deadline = time.monotonic() + CLOSE_TIMEOUT
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))
        self._transfers.close(max(0.0, deadline - time.monotonic()))
        self._fetching.close(FETCH_CLOSE_TIMEOUT)

    @property
    def _started(self) -> bool:
        return self._timer.ident is not None

    def _dispatch(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not self._due():
                    self._changed.wait(self._pause())
                if self._closed:
                    return
                job = heapq.heappop(self._heap)[2]
            owner = job.fetches_for
            if owner is not None:
                self._fetching.submit(owner, partial(self._run, job))
            elif job.is_long:
                self._transfers.submit(job.turn, partial(self._run, job))
            else:
                self._short.put(job)

    def _pause_after(self, job: RepeatedJob, error: DatabaseUnusable) -> float:
        """Seconds until a step is tried again that could not read or write the database."""
        self._failures[job] = failures = self._failures.get(job, 0) + 1
        delay = DATABASE_RETRY.pause(failures, random.random())  # noqa: S311
        logger.warning("A step is tried again in %.1f s. %s", delay, error)
        return delay

    def _due(self) -> bool:
        return bool(self._heap) and self._heap[0][0] <= time.monotonic()

    def _pause(self) -> float | None:
        return max(0.0, self._heap[0][0] - time.monotonic()) if self._heap else None

    def _work(self) -> None:
        while (job := self._short.get()) is not None:
            self._run(job)

    def _run(self, job: RepeatedJob) -> None:
        if self._closed:
            return
        try:
            delay = job.step()
            self._failures.pop(job, None)
        except DatabaseUnusable as error:
            delay = self._pause_after(job, error)
        except Exception:
            logger.exception("A step raised an unexpected error; it is retried")
            delay = RETRY_SECONDS
        if delay is not None:
            self.add(job, delay)
