"""A warm worker pool: one thread and one worker process per concurrent job.

A thread claims a job, fetches its media, passes it to its process and records the outcome.  A
process that dies interrupts at most one job, which is queued again.
"""

from __future__ import annotations

import logging
import multiprocessing
import secrets
import shutil
import threading
from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.backend.errors import INTERNAL_ERROR
from lipsync_demo.backend.jobs import words
from lipsync_demo.backend.jobs.live import LiveFolder, LivePart
from lipsync_demo.backend.jobs.media_sources import MediaSources, MediaUnreachable
from lipsync_demo.backend.jobs.store import Job, JobResult, JobStore, now_ms
from lipsync_demo.backend.jobs.worker import Loaded, Refused, Rendered, RenderRequest, main
from lipsync_demo.media.sync_modes import SyncMode

log = logging.getLogger(__name__)

MEDIA_UNREACHABLE = 1402
"""Task code for media that cannot be downloaded."""

TIMED_OUT = 5004
"""Task code for a rendering that timed out."""

LONGEST_RENDER_SECONDS = 7200.0
"""Timeout of one rendering."""

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

_TOO_LONG = words.too_long(LONGEST_RENDER_SECONDS / 3600)


@dataclass(frozen=True)
class Health:
    """State of the pool; `problem` says why nothing can be rendered, None without a known cause."""

    ready: bool
    problem: str | None
    workers: int


class WorkerDied(Exception):  # noqa: N818
    """The worker process died before it answered."""


class RenderTimeout(Exception):  # noqa: N818
    """The worker timed out and was killed."""


class Cancelled(Exception):  # noqa: N818
    """The client has cancelled the job."""


@dataclass
class Assignment:
    """The job a slot works on; `rendering` once its worker has it."""

    job_id: str
    rendering: bool = False
    cancelled: bool = False


class Worker:
    """A process that renders one job at a time."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._share = context.Value("d", 0.0)
        self._process = context.Process(
            target=main, args=(theirs, self._share), name="lipsync-worker"
        )
        self._process.start()
        theirs.close()
        self.loaded: Loaded | None = None

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    @property
    def share(self) -> float:
        """Share of the work on the current job that is done, 0 to 1."""
        return float(self._share.value)

    def poll_loaded(self) -> Loaded | None:
        """The worker's message about its engine; None while it is loading."""
        try:
            if self.loaded is None and self._pipe.poll():
                self.loaded = self._pipe.recv()
        except (EOFError, OSError):
            return None
        return self.loaded

    def render(self, request: RenderRequest) -> Rendered | Refused:
        """Render and wait for the result.

        Raises:
            WorkerDied: the process died first.
            RenderTimeout: it timed out and was killed.
        """
        try:
            self._pipe.send(request)
            if self.loaded is None:
                self.loaded = self._pipe.recv()
            if not self._pipe.poll(LONGEST_RENDER_SECONDS):
                self.kill()
                raise RenderTimeout
            answer: Rendered | Refused = self._pipe.recv()
        except (EOFError, OSError) as error:
            # The pipe closes before the process has ended: it would be taken for a living one.
            self.kill()
            self._process.join()
            raise WorkerDied from error
        if isinstance(answer, Rendered):
            self.loaded = Loaded(None)
        return answer

    def kill(self) -> None:
        """Kill the process; a `render` in another thread raises `WorkerDied`."""
        self._process.kill()

    def close(self) -> None:
        """Kill the process and wait for its end; not while another thread renders."""
        self._process.kill()
        self._process.join()
        self._pipe.close()


class Pool:
    """Renders the store's jobs with `workers` processes, from `start` to `stop`.

    `face` is the choice for jobs without one of their own.
    """

    def __init__(
        self,
        jobs: JobStore,
        media: MediaSources,
        outputs: Path,
        work: Path,
        analyses: Path,
        *,
        workers: int,
        face: str,
    ) -> None:
        self._jobs = jobs
        self._media = media
        self._outputs = outputs
        self._work = work
        self._analyses = analyses
        self._face = face
        self._changed = threading.Condition()
        self._stopping = False
        self._workers: list[Worker | None] = [None] * workers
        self._assigned: list[Assignment | None] = [None] * workers
        self._threads = [
            threading.Thread(target=self._run, args=(slot,), name=f"slot-{slot}", daemon=True)
            for slot in range(workers)
        ]

    def start(self) -> None:
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir(parents=True)
        self._outputs.mkdir(parents=True, exist_ok=True)
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Notify the pool of a new job."""
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
        """Return what can be watched of a job that is rendered, from byte `start` on."""
        return LiveFolder(self._work / job.id).part(job.attempts, start)

    def share(self, job: Job) -> float | None:
        """Share of the work on a job that is done, 0 to 1; None unless it is rendered."""
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
        return Health(bool(known) and problem is None, problem, len(self._workers))

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

    def _worker(self, slot: int, deaths: int) -> Worker | None:
        """This slot's worker, restarted if it died; None when the pool stops."""
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
            self._workers[slot] = worker = worker or Worker()
        return worker

    def _pause(self, seconds: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._stopping, seconds)

    def _was_cancelled(self, slot: int) -> bool:
        """Whether the job that the slot worked on last was cancelled."""
        work = self._assigned[slot]
        return work is not None and work.cancelled

    def _next(self, slot: int, worker: Worker) -> Job | None:
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

    def _work_on(self, slot: int, worker: Worker, job: Job) -> None:
        folder = self._work / job.id
        folder.mkdir()
        try:
            outcome = self._outcome(slot, worker, job, folder)
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
        except RenderTimeout:
            self._jobs.finish(job, JobResult(code=TIMED_OUT, error=_TOO_LONG))
        except Exception:
            log.exception("task %s failed in the server", job.id)
            self._jobs.finish(job, JobResult(code=INTERNAL_ERROR, error=words.INTERNAL_ERROR))
        else:
            if not self._jobs.finish(job, outcome):
                for name in outcome.outputs:
                    (self._outputs / name).unlink(missing_ok=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _outcome(self, slot: int, worker: Worker, job: Job, folder: Path) -> JobResult:
        """Fetch the media, render, store the output.

        Raises:
            Cancelled: the client has cancelled the job.
            WorkerDied, RenderTimeout: the worker did not answer.
        """

        def fetching(count: int, total: int | None) -> None:
            if self._was_cancelled(slot):
                raise Cancelled

        try:
            video = self._media.get(job.video, "video", folder, fetching)
            audio = self._media.get(job.audio, "audio", folder, fetching)
        except MediaUnreachable as error:
            return JobResult(
                code=MEDIA_UNREACHABLE, error=str(error), queue_ms=_since(job, now_ms())
            )
        output = folder / "output.mp4"
        mode = SyncMode(job.sync_mode)
        self._begin_rendering(slot)
        answer = worker.render(
            RenderRequest(
                video.path,
                audio.path,
                mode,
                output,
                self._analyses,
                job.face or self._face,
                LiveFolder(folder),
            )
        )
        if isinstance(answer, Refused):
            reason = answer.error
            for source in (video, audio):
                reason = reason.replace(source.path.name, source.shown)
            return JobResult(code=answer.code, error=reason, queue_ms=_since(job, now_ms()))
        name = f"{secrets.token_hex(16)}.mp4"
        output.rename(self._outputs / name)
        return JobResult(
            outputs=(name,),
            nsfw=(answer.nsfw,),
            queue_ms=_since(job, answer.started_ms),
            inference_ms=answer.inference_ms,
            found=answer.found,
        )

    def _begin_rendering(self, slot: int) -> None:
        """Note that the slot's worker renders from now on, so that a cancellation kills it."""
        with self._changed:
            work = self._assigned[slot]
            if work is not None:
                if work.cancelled:
                    raise Cancelled
                work.rendering = True


def _since(job: Job, moment_ms: int) -> int:
    return max(0, moment_ms - job.created_ms)
