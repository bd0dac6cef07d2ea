"""One attempt at a claimed job: fetch its media, have it rendered, record the outcome."""

from __future__ import annotations

import logging
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.backend.errors import INTERNAL_ERROR
from lipsync_demo.backend.jobs.job import Job, JobResult, now_ms
from lipsync_demo.backend.jobs.live import LiveFolder
from lipsync_demo.backend.jobs.media_sources import MediaSources, MediaUnreachable, output_name
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.queue import words
from lipsync_demo.backend.queue.errors import Cancelled, RenderTimeout, WorkerDied
from lipsync_demo.backend.queue.rendering import (
    LONGEST_RENDER_SECONDS,
    Refused,
    Rendered,
    RenderRequest,
)
from lipsync_demo.database import DatabaseBusy
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.marking import UNMARKED, Marking
from lipsync_demo.storage import Storage, StorageError, StoragePlace, StorageUnusable, open_storage

log = logging.getLogger(__name__)

MEDIA_UNREACHABLE = 1402
"""Task code for media that cannot be downloaded."""

TIMED_OUT = 5004
"""Task code for a rendering that timed out."""

_TOO_LONG = words.too_long(LONGEST_RENDER_SECONDS / 3600)


@dataclass(frozen=True)
class Folders:
    """Where files lie: uploads and outputs, jobs under way, the engine's cached analyses."""

    place: StoragePlace
    work: Path
    analyses: Path

    @property
    def storage(self) -> Storage:
        """Uploads and finished videos."""
        return open_storage(self.place)

    def of(self, job: Job) -> Path:
        """Where the work on a job happens, in the attempt that `job` tells of."""
        return self.work / f"{job.id}-{job.claim}"

    def clear(self, job: Job) -> None:
        """Remove what attempts at a job have left; one that does not know its end yet fails."""
        for folder in self.work.glob(f"{job.id}-*"):
            shutil.rmtree(folder, ignore_errors=True)


class Attempts:
    """Makes attempts at jobs; `face` is the choice for jobs without one of their own.

    `marking` is how outputs say what they are.
    """

    def __init__(
        self,
        jobs: JobStore,
        media: MediaSources,
        folders: Folders,
        face: str,
        marking: Marking = UNMARKED,
    ) -> None:
        self._jobs = jobs
        self._media = media
        self._folders = folders
        self._face = face
        self._marking = marking

    def make(
        self,
        job: Job,
        render: Callable[[RenderRequest], Rendered | Refused],
        check: Callable[[], None],
    ) -> None:
        """Work on a job until its outcome is recorded.

        Args:
            render: renders; called once, when the media are there.
            check: called while media are fetched; raises `Cancelled` when nobody wants them.

        Raises:
            Cancelled: the job was cancelled first.
            WorkerDied: `render` got no answer.
        """
        log.info("task %s: attempt %d", job.id, job.attempts)
        self._folders.clear(job)
        folder = self._folders.of(job)
        folder.mkdir(parents=True)
        try:
            outcome = self._outcome(job, folder, render, check)
        except (Cancelled, WorkerDied):
            raise
        except DatabaseBusy:
            log.warning("task %s is begun anew: the database was away", job.id)
            self._jobs.release(job)
        except StorageUnusable as error:
            log.warning("task %s is interrupted: %s", job.id, error.what)
            self._jobs.interrupted(job, str(error))
        except StorageError as error:
            self._jobs.finish(job, JobResult(code=INTERNAL_ERROR, error=str(error)))
        except RenderTimeout:
            self._jobs.finish(job, JobResult(code=TIMED_OUT, error=_TOO_LONG))
        except Exception:
            log.exception("task %s failed in the server", job.id)
            self._jobs.finish(job, JobResult(code=INTERNAL_ERROR, error=words.INTERNAL_ERROR))
        else:
            if not self._jobs.finish(job, outcome):
                for name in outcome.outputs:
                    self._folders.storage.delete(output_name(name))
            log.info("task %s has ended with code %d", job.id, outcome.code)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _outcome(
        self,
        job: Job,
        folder: Path,
        render: Callable[[RenderRequest], Rendered | Refused],
        check: Callable[[], None],
    ) -> JobResult:
        began = time.perf_counter()
        try:
            video = self._media.get(job.video, "video", folder, lambda *_: check())
            audio = self._media.get(job.audio, "audio", folder, lambda *_: check())
        except MediaUnreachable as error:
            return JobResult(
                code=MEDIA_UNREACHABLE, error=str(error), queue_ms=_since(job, now_ms())
            )
        fetched = time.perf_counter() - began
        output = folder / "output.mp4"
        answer = render(
            RenderRequest(
                video=video.path,
                audio=audio.path,
                sync_mode=SyncMode(job.sync_mode),
                output=output,
                analyses=self._folders.analyses,
                shared=self._folders.place,
                face=job.face or self._face,
                live=LiveFolder(folder),
                task=job.id,
                marking=self._marking.of(job.ai_label),
            )
        )
        if isinstance(answer, Refused):
            reason = answer.error
            for source in (video, audio):
                reason = reason.replace(source.path.name, source.shown)
            return JobResult(code=answer.code, error=reason, queue_ms=_since(job, now_ms()))
        name = f"{secrets.token_hex(16)}.mp4"
        self._folders.storage.take(output_name(name), output)
        return JobResult(
            outputs=(name,),
            nsfw=(answer.nsfw,),
            queue_ms=_since(job, answer.started_ms),
            inference_ms=answer.inference_ms,
            found=answer.found,
            stages={"fetch": fetched, **answer.stages},
        )


def _since(job: Job, moment_ms: int) -> int:
    return max(0, moment_ms - job.created_ms)
