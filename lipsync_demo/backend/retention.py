"""Tasks, uploads, outputs and analyses are kept for seven days, as the API keeps its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from lipsync_demo.backend.jobs import Job, JobStore, now_ms
from lipsync_demo.backend.uploads import UploadStore

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
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
        before = at_ms - KEPT // timedelta(milliseconds=1)
        forget_outputs(self._jobs.remove_older(before), self._outputs)
        self._uploads.remove_older(before)
        # A crash between finishing a file and writing it down leaves one nobody names.
        for path in (*self._outputs.iterdir(), *self._analyses.glob("*.npz*")):
            with suppress(FileNotFoundError):  # a worker makes room, a client deletes
                if path.stat().st_mtime * 1000 < before:
                    path.unlink()

    def _run(self) -> None:
        while True:
            try:
                self.sweep(now_ms())
            except Exception:
                log.exception("the hourly clean-up failed and will be tried again")
            if self._stop.wait(_EVERY.total_seconds()):
                return


def forget_outputs(jobs: Iterable[Job], folder: Path) -> None:
    """Delete the output files of these jobs."""
    for job in jobs:
        for name in job.outputs:
            (folder / name).unlink(missing_ok=True)
