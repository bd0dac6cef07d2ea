"""The queue of a server whose jobs are rendered by Celery workers.

It tells the broker of waiting jobs and takes back those of workers that died.  Any number of
servers may do so at once.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import Celery

from lipsync_demo.backend.jobs.job import CREATED, Job
from lipsync_demo.backend.jobs.live import LiveFolder, LivePart
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.workers import Workers
from lipsync_demo.backend.queue import words
from lipsync_demo.backend.queue.attempt import Folders
from lipsync_demo.backend.queue.base import Health
from lipsync_demo.backend.queue.celery_app import QUEUE, RENDER

log = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
"""Seconds between looks for jobs the broker has lost, and for claims whose lease has ended."""

ALIVE_MS = 15_000
"""Milliseconds after its last sign of life for which a worker counts as alive."""

_FORGOTTEN_MS = 3_600_000
"""Milliseconds after which a silent worker is forgotten."""

_STOP_SECONDS = 10.0
"""Timeout for the thread when the server stops."""


class CeleryQueue:
    """Has the store's jobs rendered by whatever workers listen at the broker."""

    def __init__(self, jobs: JobStore, workers: Workers, folders: Folders, app: Celery) -> None:
        self._jobs = jobs
        self._workers = workers
        self._folders = folders
        self._app = app
        self._changed = threading.Event()
        self._stopping = False
        self._away = False
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        # In a thread of its own, so that nobody who submits waits for a broker that is away.
        self._changed.set()

    def cancel(self, job_id: str) -> None:
        """Leave it to the worker's next heartbeat, which finds that the claim is lost."""

    def live(self, job: Job, start: int) -> LivePart:
        return LiveFolder(self._folders.of(job)).part(job.attempts, start)

    def share(self, job: Job) -> float | None:
        return job.share

    def health(self) -> Health:
        alive = self._workers.alive(ALIVE_MS)
        able = [worker for worker in alive if worker.problem is None]
        problem = None
        if not alive:
            problem = words.NO_WORKER
        elif not able:
            problem = alive[0].problem
        elif self._away:
            problem = words.BROKER_AWAY
        return Health(bool(able), problem, sum(worker.processes for worker in able))

    def stop(self) -> None:
        """Stop telling the broker; the workers go on."""
        self._stopping = True
        self._changed.set()
        self._thread.join(_STOP_SECONDS)
        self._app.close()

    def sweep(self) -> int:
        """Take back what dead workers had claimed; return how many messages were sent.

        As many messages are at the broker afterwards as jobs wait.
        """
        self._jobs.recover()
        missing = self._jobs.count(CREATED) - self._queued()
        for _ in range(missing):
            self._app.send_task(RENDER, retry=False)
        return max(0, missing)

    def _queued(self) -> int:
        pool: Any = self._app.pool  # its stubs know no context manager
        with pool.acquire(block=True) as connection:
            queue: Any = self._app.amqp.queues[QUEUE].bind(connection.default_channel)
            return int(queue.queue_declare().message_count)

    def _run(self) -> None:
        while not self._stopping:
            self._changed.clear()
            try:
                self.sweep()
                self._workers.forget(_FORGOTTEN_MS)
            except Exception as error:
                if not self._away:
                    log.warning("the broker or the database is away: %s", type(error).__name__)
                self._away = True
            else:
                self._away = False
            self._changed.wait(SWEEP_SECONDS)
