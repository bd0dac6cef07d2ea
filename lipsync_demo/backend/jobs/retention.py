"""Tasks, uploads, outputs and analyses are kept for seven days, as the API keeps its own.

Coded parts of outputs, which only save work when modes are compared, go at the first sweep after
an hour.
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
from lipsync_demo.backend.jobs.uploads import UploadStore

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
PARTS_KEPT = timedelta(hours=1)
_EVERY = timedelta(hours=1)


class Janitor:
    """A thread that deletes what is past its time, now and every hour."""

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
        """Delete what had been kept long enough at this moment."""
        millisecond = timedelta(milliseconds=1)
        before, parts_before = at_ms - KEPT // millisecond, at_ms - PARTS_KEPT // millisecond
        forget_outputs(self._jobs.remove_older(before), self._outputs)
        self._uploads.remove_older(before)
        # A crash between finishing a file and writing it down leaves one nobody names.
        _forget(self._outputs.iterdir(), before)
        _forget(self._analyses.glob("*.npz*"), before)
        _forget(self._analyses.glob("gop-*"), parts_before)

    def _run(self) -> None:
        while True:
            try:
                self.sweep(now_ms())
            except Exception:
                log.exception("the hourly clean-up failed and will be tried again")
            if self._stop.wait(_EVERY.total_seconds()):
                return


def _forget(paths: Iterable[Path], before_ms: int) -> None:
    for path in paths:
        with suppress(FileNotFoundError):  # a worker makes room, a client deletes
            if path.stat().st_mtime * 1000 < before_ms:
                path.unlink()


def forget_outputs(jobs: Iterable[Job], folder: Path) -> None:
    """Delete the output files of these jobs."""
    for job in jobs:
        for name in job.outputs:
            (folder / name).unlink(missing_ok=True)


def forget_inputs(
    jobs: Iterable[Job], store: JobStore, uploads: UploadStore, analyses: Path
) -> None:
    """Delete the uploads that only these jobs used, and what was found in their media."""
    gone = list(jobs)
    for url in {url for job in gone for url in (job.video, job.audio)}:
        name = upload_name(url)
        if name is not None and not store.uses(name):
            uploads.remove(name)
    if gone:
        # The name of an analysis does not tell whose media it is of; it is only a cache.
        for path in analyses.glob("*.npz*"):
            path.unlink(missing_ok=True)
