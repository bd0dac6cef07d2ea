"""The embedded queue: one thread and one warm worker process per concurrent job.

A thread claims a job, fetches its media, passes it to its process and records the outcome.  A
process that dies interrupts at most one job, which is queued again.
"""

from __future__ import annotations

import logging
import shutil
import threading
from dataclasses import dataclass

from lipsync_demo import logs
from lipsync_demo.backend.jobs.job import Job
from lipsync_demo.backend.jobs.live import LiveFolder, LivePart
from lipsync_demo.backend.jobs.media_sources import MediaSources
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.queue.attempt import Attempts, Folders
from lipsync_demo.backend.queue.base import Health
from lipsync_demo.backend.queue.errors import Cancelled, WorkerDied
from lipsync_demo.backend.queue.render_process import RenderProcess
from lipsync_demo.backend.queue.rendering import Refused, Rendered, RenderRequest
from lipsync_demo.provenance.marking import UNMARKED, Marking

log = logging.getLogger(__name__)

_LOADING_POLL_SECONDS = 0.1
"""Seconds between checks while a worker loads its models."""

_IDLE_POLL_SECONDS = 5.0
"""Seconds between checks for jobs in an idle pool, in case a notification was missed."""

_LONGEST_PAUSE_SECONDS = 60.0
"""Maximum back-off before a worker that keeps dying is restarted."""

_AFTER_ERROR_SECONDS = 5.0
"""Seconds before a slot continues after an unexpected error."""

_STOP_SECONDS = 3.0
"""Seconds to wait for each thread when the pool stops."""


@dataclass
class Assignment:
    """The job a slot works on; `rendering` once its worker has it."""

    job_id: str
    rendering: bool = False
    cancelled: bool = False


class EmbeddedQueue:
    """Renders the store's jobs with `workers` processes of its own.

    `face` is the choice for jobs without one of their own; `marking` is how
    outputs say what they are.
    """

    def __init__(
        self,
        jobs: JobStore,
        media: MediaSources,
        folders: Folders,
        *,
        workers: int,
        face: str,
        marking: Marking = UNMARKED,
    ) -> None:
        self._jobs = jobs
        self._folders = folders
        self._attempts = Attempts(jobs, media, folders, face, marking)
        self._changed = threading.Condition()
        self._stopping = False
        self._workers: list[RenderProcess | None] = [None] * workers
        self._assigned: list[Assignment | None] = [None] * workers
        self._threads = [
            threading.Thread(target=self._run, args=(slot,), name=f"slot-{slot}", daemon=True)
            for slot in range(workers)
        ]

    def start(self) -> None:
        self._jobs.recover()
        shutil.rmtree(self._folders.work, ignore_errors=True)
        self._folders.work.mkdir(parents=True)
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        with self._changed:
            self._changed.notify()

    def cancel(self, job_id: str) -> None:
        """Stop the work on a job that the store has marked as cancelled.

        Its worker is killed, as nothing else ends a rendering at once; a new one takes its place.
        """
        with self._changed:
            for worker, work in zip(self._workers, self._assigned, strict=True):
                if work is not None and work.job_id == job_id:
                    work.cancelled = True
                    if work.rendering and worker is not None:
                        worker.kill()

    def live(self, job: Job, start: int) -> LivePart:
        return LiveFolder(self._folders.of(job)).part(job.attempts, start)

    def share(self, job: Job) -> float | None:
        with self._changed:
            for worker, work in zip(self._workers, self._assigned, strict=True):
                if worker is not None and work is not None and work.job_id == job.id:
                    return worker.share if work.rendering else None
        return None

    def stop(self) -> None:
        """Kill the workers; interrupted jobs are queued for the next start."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            for worker in self._workers:
                if worker is not None:
                    worker.kill()
        for thread in self._threads:
            thread.join(_STOP_SECONDS)

    def health(self) -> Health:
        known = [w.loaded for w in self._workers if w is not None and w.loaded is not None]
        problem = next((state.problem for state in known if state.problem), None)
        fine = problem is None
        return Health(bool(known) and fine, problem, len(self._workers), takes=fine)

    def _run(self, slot: int) -> None:
        deaths = 0
        while (worker := self._worker(slot, deaths)) is not None:
            try:
                job = self._next(slot, worker)
                if job is not None:
                    self._work_on(slot, worker, job)
            except Exception:
                # Nothing is lost by continuing: a full disk, for example, may have room again.
                log.exception("slot %d could not claim or finish a task", slot)
                self._pause(_AFTER_ERROR_SECONDS)
            if worker.poll_loaded() is not None:
                deaths = 0
            if not worker.alive:
                deaths += 0 if self._was_cancelled(slot) else 1

    def _worker(self, slot: int, deaths: int) -> RenderProcess | None:
        """This slot's worker, restarted if it died; None when the queue stops."""
        worker = self._workers[slot]
        if worker is not None and not worker.alive:
            worker.close()
            worker = None
            if deaths > 1:
                self._pause(min(2.0**deaths, _LONGEST_PAUSE_SECONDS))
        with self._changed:
            if self._stopping:
                if worker is not None:
                    worker.close()
                return None
            self._workers[slot] = worker = worker or RenderProcess()
        return worker

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, seconds)

    def _was_cancelled(self, slot: int) -> bool:
        """Whether the job that the slot worked on last was cancelled."""
        work = self._assigned[slot]
        return work is not None and work.cancelled

    def _next(self, slot: int, worker: RenderProcess) -> Job | None:
        with self._changed:
            if self._stopping:
                return None
            job = self._jobs.claim()
            self._assigned[slot] = None if job is None else Assignment(job.id)
            if job is None:
                self._changed.wait(
                    _LOADING_POLL_SECONDS if not worker.poll_loaded() else _IDLE_POLL_SECONDS
                )
            return job

    def _work_on(self, slot: int, worker: RenderProcess, job: Job) -> None:
        def check() -> None:
            if self._was_cancelled(slot):
                raise Cancelled

        def render(request: RenderRequest) -> Rendered | Refused:
            self._begin_rendering(slot)
            return worker.render(request)

        try:
            with logs.about(task=job.id):
                self._attempts.make(job, render, check)
        except Cancelled:
            log.info("task %s was cancelled before it was rendered", job.id)
        except WorkerDied:
            if self._was_cancelled(slot):
                log.info("task %s was cancelled while it was rendered", job.id)
            elif self._stopping:
                self._jobs.release(job)
            else:
                self._jobs.interrupted(job)
                log.warning("the worker died during task %s, attempt %d", job.id, job.attempts)

    def _begin_rendering(self, slot: int) -> None:
        """Note that the slot's worker renders from now on, so that a cancellation kills it."""
        with self._changed:
            work = self._assigned[slot]
            if work is not None:
                if work.cancelled:
                    raise Cancelled
                work.rendering = True
