"""A Celery worker: renders jobs of one database in processes of its own.

The parent process tells the servers that it is alive and takes back the jobs of its processes that
died; each process claims, renders and records one job after another.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress

from billiard.exceptions import SoftTimeLimitExceeded
from celery import Celery, signals

from lipsync_demo import logs
from lipsync_demo.backend.jobs.job import Job
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.workers import WorkerNote, Workers
from lipsync_demo.backend.queue.attempt import Attempts
from lipsync_demo.backend.queue.celery_app import RENDER
from lipsync_demo.backend.queue.errors import Cancelled, RenderTimeout
from lipsync_demo.backend.queue.lease import Heartbeat
from lipsync_demo.backend.queue.rendering import Refused, Rendered, RenderRequest, load, render
from lipsync_demo.version import __version__

log = logging.getLogger(__name__)

_WATCH_SECONDS = 2.0
"""Seconds between a worker's signs of life."""


class Renderer:
    """Renders jobs in one process of a worker."""

    def __init__(self, jobs: JobStore, attempts: Attempts, worker: str, lease_ms: int) -> None:
        self._jobs = jobs
        self._attempts = attempts
        self._name = f"{worker}:{os.getpid()}"
        self._lease_ms = lease_ms

    def one(self) -> Job | None:
        """Claim the next waiting job and work on it; return it, None without one."""
        job = self._jobs.claim(self._name, self._lease_ms)
        if job is not None:
            with (
                logs.about(task=job.id),
                Heartbeat(self._jobs, job, self._lease_ms) as heart,
            ):
                try:
                    self._attempts.make(job, lambda request: _rendered(request, heart), heart.check)
                except Cancelled:
                    log.info("task %s was cancelled or is rendered elsewhere", job.id)
        return job


def _rendered(request: RenderRequest, heart: Heartbeat) -> Rendered | Refused:
    try:
        return render(request, heart.progress, (Cancelled, SoftTimeLimitExceeded))
    except SoftTimeLimitExceeded:
        raise RenderTimeout from None


class Watch:
    """A thread of a worker's parent process: signs of life, and care for its processes."""

    def __init__(self, jobs: JobStore, workers: Workers, name: str, processes: int) -> None:
        self._jobs = jobs
        self._workers = workers
        self._note = WorkerNote(name=name, release=__version__, processes=processes)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Hand back what is still claimed, and leave."""
        self._ended.set()
        self._thread.join()
        self.hand_back()
        self._workers.leave(self._note.name)

    def hand_back(self) -> None:
        """Queue the jobs under way for other workers, and kill the processes that render them."""
        prefix = f"{self._note.name}:"
        claimed = self._jobs.workers(prefix)
        if handed := self._jobs.hand_back(prefix):
            log.info("%d tasks are handed back", handed)
        for name in claimed:
            with suppress(ProcessLookupError):
                os.kill(int(name.rpartition(":")[2]), signal.SIGKILL)

    def look(self) -> None:
        """Say that the worker is alive; queue the jobs of its processes that are not."""
        self._workers.note(self._note)
        claimed = self._jobs.workers(f"{self._note.name}:")
        dead = {name for name in claimed if not _alive(int(name.rpartition(":")[2]))}
        if dead:
            self._jobs.abandoned(dead)
            log.warning("%d processes died while they rendered", len(dead))

    def _run(self) -> None:
        while True:
            try:
                self.look()
            except Exception as error:
                log.warning("the database is away: %s", type(error).__name__)
            if self._ended.wait(_WATCH_SECONDS):
                return


def install(app: Celery, renderer: Callable[[], Renderer]) -> None:
    """Register the task at `app`; `renderer` is called once in each process."""
    made: list[Renderer] = []

    @signals.setup_logging.connect(weak=False)
    def _keep_log(**_: object) -> None:
        """Celery leaves the log alone where somebody listens to this."""

    @signals.worker_process_init.connect(weak=False)
    def _begin(**_: object) -> None:
        load()
        made[:] = [renderer()]

    @app.task(name=RENDER)
    def _render() -> None:
        made[0].one()


def run(app: Celery, watch: Watch, name: str, *, processes: int, grace_seconds: float) -> int:
    """Work until a signal; return the exit code.

    After the signal nothing new is begun, and what is not finished within `grace_seconds` is handed
    back.
    """
    from celery.apps.worker import Worker

    end = threading.Timer(grace_seconds, watch.hand_back)
    end.daemon = True

    # Where Celery writes past the log that it ends.
    sys.__stdout__ = None  # type: ignore[misc]

    @signals.worker_shutting_down.connect(weak=False)
    def _ending(**_: object) -> None:
        log.info("the worker ends")
        # Celery's own soft shutdown always takes the whole time.
        end.start()

    with ExitStack() as stack:
        watch.start()
        stack.callback(watch.stop)
        stack.callback(end.cancel)
        worker = Worker(
            app=app,
            hostname=f"{name}@lipsync",
            pool="prefork",
            concurrency=processes,
            without_gossip=True,
            without_mingle=True,
            loglevel="INFO",
            quiet=True,
        )
        try:
            worker.start()
        except SystemExit as ended:
            return int(ended.code or 0) if not isinstance(ended.code, str) else 1
        return int(worker.exitcode or 0)


def _alive(pid: int) -> bool:
    """Whether a child of this process exists; the pool reaps those that have ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
