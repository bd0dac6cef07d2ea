"""Deletes tasks, uploads, outputs and analyses after seven days, as the API does.

Encoded parts of outputs, which only speed up comparisons, are deleted after an hour.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from lipsync_demo.backend.jobs.media_sources import upload_name
from lipsync_demo.backend.jobs.store import Job, JobStore, now_ms
from lipsync_demo.backend.jobs.uploads import TICKET_LIFE, UploadStore

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
"""Retention of tasks, uploads, outputs and analyses."""

PARTS_KEPT = timedelta(hours=1)
"""Retention of encoded parts of outputs."""

_EVERY = timedelta(hours=1)
"""Interval of the sweeps."""


class Janitor:
    """A background thread that deletes expired data at the start and every hour."""

    def __init__(self, jobs: JobStore, uploads: UploadStore, outputs: Path, analyses: Path) -> None:
        self._jobs = jobs
        self._uploads = uploads
        self._outputs = outputs
        self._analyses = analyses
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="janitor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def sweep(self, at_ms: int) -> None:
        """Delete everything that has expired at `at_ms`, UTC milliseconds since 1970."""
        millisecond = timedelta(milliseconds=1)
        before, parts_before = at_ms - KEPT // millisecond, at_ms - PARTS_KEPT // millisecond
        delete_outputs(self._jobs.remove_older(before), self._outputs)
        self._uploads.remove_older(before)
        self._uploads.remove_parts(at_ms - TICKET_LIFE // millisecond)
        # A crash between writing a file and recording it leaves an unreferenced file.
        _delete_older(self._outputs.iterdir(), before)
        _delete_older(self._analyses.glob("*.npz*"), before)
        _delete_older(self._analyses.glob("gop-*"), parts_before)

    def _run(self) -> None:
        while True:
            try:
                self.sweep(now_ms())
            except Exception:
                log.exception("the hourly clean-up failed and will be retried")
            if self._stop.wait(_EVERY.total_seconds()):
                return


def _delete_older(paths: Iterable[Path], before_ms: int) -> None:
    for path in paths:
        with suppress(FileNotFoundError):  # a worker makes room, a client deletes
            if path.stat().st_mtime * 1000 < before_ms:
                path.unlink()


def delete_outputs(jobs: Iterable[Job], folder: Path) -> None:
    """Delete the output files of these jobs."""
    for job in jobs:
        for name in job.outputs:
            (folder / name).unlink(missing_ok=True)


def delete_inputs(
    jobs: Iterable[Job], store: JobStore, uploads: UploadStore, analyses: Path
) -> None:
    """Delete the uploads that only these jobs used, and the analyses of media."""
    gone = list(jobs)
    for url in {url for job in gone for url in (job.video, job.audio)}:
        name = upload_name(url)
        if name is not None and not store.uses(name):
            uploads.remove(name)
    if gone:
        # An analysis's name does not reveal its media, so all are deleted: they are only a cache.
        for path in analyses.glob("*.npz*"):
            path.unlink(missing_ok=True)
