"""One thread that knows when each run is due; a few workers that take the steps.

Thousands of runs may wait at once: each is an entry in a heap of due times.  Looks at
tasks and transfers of files have workers of their own, so that a long upload never makes
a waiting run late.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from queue import SimpleQueue
from typing import Protocol

LOOKERS = 8
CARRIERS = 4
PATIENCE = 10.0
"""Seconds a closing loop waits for steps under way, such as a request that costs money."""

RECOVERY_SECONDS = 30.0
"""Pause after a step that broke, such as on a full disk."""

logger = logging.getLogger(__name__)


class Job(Protocol):
    """Something to be done again and again."""

    @property
    def carries(self) -> bool:
        """True when the next step moves files or computes, so it may take minutes."""

    def step(self) -> float | None:
        """Do it once; gives the seconds until the next time, None when there is none."""


class Loop:
    """Runs jobs when they are due until it is closed."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Job]] = []
        self._count = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._looks: SimpleQueue[Job | None] = SimpleQueue()
        self._loads: SimpleQueue[Job | None] = SimpleQueue()
        # Daemons: a hanging connection must not keep the app from closing, and every
        # state is written before its step, so that nothing is lost with them.
        self._watcher = threading.Thread(target=self._watch, name="runs", daemon=True)
        self._workers = [
            threading.Thread(target=self._work, args=(queue,), name=name, daemon=True)
            for queue, name, count in (
                (self._looks, "runs-look", LOOKERS),
                (self._loads, "runs-carry", CARRIERS),
            )
            for _ in range(count)
        ]
        for thread in (self._watcher, *self._workers):
            thread.start()

    def add(self, job: Job, delay: float = 0.0) -> None:
        """Have `job` done in `delay` seconds; nothing happens once the loop is closed."""
        with self._changed:
            heapq.heappush(self._heap, (time.monotonic() + delay, next(self._count), job))
            self._changed.notify()

    def close(self) -> None:
        """Start no step any more and wait a moment for those under way."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._watcher.join()
        for worker in self._workers:
            (self._looks if worker.name == "runs-look" else self._loads).put(None)
        deadline = time.monotonic() + PATIENCE
        for worker in self._workers:
            worker.join(max(0.0, deadline - time.monotonic()))

    def _watch(self) -> None:
        while True:
            with self._changed:
                while not self._closed and not self._due():
                    self._changed.wait(self._pause())
                if self._closed:
                    return
                job = heapq.heappop(self._heap)[2]
            (self._loads if job.carries else self._looks).put(job)

    def _due(self) -> bool:
        return bool(self._heap) and self._heap[0][0] <= time.monotonic()

    def _pause(self) -> float | None:
        return max(0.0, self._heap[0][0] - time.monotonic()) if self._heap else None

    def _work(self, queue: SimpleQueue[Job | None]) -> None:
        while (job := queue.get()) is not None:
            if self._closed:
                continue
            try:
                delay = job.step()
            except Exception:
                logger.exception("A step failed in a way nobody foresaw; it is tried again")
                delay = RECOVERY_SECONDS
            if delay is not None:
                self.add(job, delay)
