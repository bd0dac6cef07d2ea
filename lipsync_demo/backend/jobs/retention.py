"""Deletes tasks, uploads, outputs and analyses after seven days, as the API does.

Encoded parts of outputs, which only speed up comparisons, are deleted after an hour.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from lipsync_demo.backend.jobs.job import Job, now_ms
from lipsync_demo.backend.jobs.media_sources import output_name, upload_name
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import TICKET_LIFE, UploadStore
from lipsync_demo.storage import ANALYSES, Storage

log = logging.getLogger(__name__)

KEPT = timedelta(days=7)
"""Retention of tasks, uploads, outputs and analyses."""

PARTS_KEPT = timedelta(hours=1)
"""Retention of encoded parts of outputs."""

_EVERY = timedelta(hours=1)
"""Interval of the sweeps."""


WORK_KEPT = timedelta(days=1)
"""Retention of what a process that was killed has left of its work; no rendering takes as long."""

_MILLISECOND = timedelta(milliseconds=1)


class Hourly:
    """A background thread that calls `sweep` at the start and every hour, with UTC milliseconds."""

    def __init__(self, sweep: Callable[[int], None]) -> None:
        self._sweep = sweep
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="janitor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            try:
                self._sweep(now_ms())
            except Exception:
                log.exception("the hourly clean-up failed and will be retried")
            if self._stop.wait(_EVERY.total_seconds()):
                return


class Janitor(Hourly):
    """Deletes expired data of servers that share a storage."""

    def __init__(
        self, jobs: JobStore, uploads: UploadStore, storage: Storage, analyses: Path
    ) -> None:
        super().__init__(self.sweep)
        self._jobs = jobs
        self._uploads = uploads
        self._storage = storage
        self._analyses = analyses

    def sweep(self, at_ms: int) -> None:
        """Delete everything that has expired at `at_ms`, UTC milliseconds since 1970."""
        before = at_ms - KEPT // _MILLISECOND
        delete_outputs(self._jobs.remove_older(before), self._storage)
        self._uploads.remove_older(before)
        self._uploads.remove_parts(at_ms - TICKET_LIFE // _MILLISECOND)
        # A crash between writing a file and recording it leaves an unreferenced file.
        self._delete_stored("outputs/", before)
        if self._storage.remote:
            self._delete_stored(ANALYSES, before)
        sweep_analyses(self._analyses, at_ms)

    def _delete_stored(self, prefix: str, before_ms: int) -> None:
        for stored in self._storage.listed(prefix):
            if stored.changed_ms < before_ms:
                self._storage.delete(stored.name)


def sweep_analyses(folder: Path, at_ms: int) -> None:
    """Delete the expired analyses and encoded parts of this machine."""
    _delete_older(folder.glob("*.npz*"), at_ms - KEPT // _MILLISECOND)
    _delete_older(folder.glob("gop-*"), at_ms - PARTS_KEPT // _MILLISECOND)


def sweep_work(folder: Path, at_ms: int) -> None:
    """Delete what killed processes of this machine have left of their work."""
    for path in folder.glob("*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime * 1000 < at_ms - WORK_KEPT // _MILLISECOND:
                shutil.rmtree(path, ignore_errors=True)


def _delete_older(paths: Iterable[Path], before_ms: int) -> None:
    for path in paths:
        with suppress(FileNotFoundError):  # a worker makes room, a client deletes
            if path.stat().st_mtime * 1000 < before_ms:
                path.unlink()


def delete_outputs(jobs: Iterable[Job], storage: Storage) -> None:
    """Delete the output files of these jobs."""
    for job in jobs:
        for name in job.outputs:
            storage.delete(output_name(name))


def delete_inputs(
    jobs: Iterable[Job], store: JobStore, uploads: UploadStore, storage: Storage, analyses: Path
) -> None:
    """Delete the uploads that only these jobs used, and the analyses of media."""
    gone = list(jobs)
    for url in {url for job in gone for url in (job.video, job.audio)}:
        name = upload_name(url, anywhere=storage.remote)
        if name is not None and not store.uses(name):
            uploads.remove(name)
    if gone:
        # An analysis's name does not reveal its media, so all are deleted: they are only a cache.
        for path in analyses.glob("*.npz*"):
            path.unlink(missing_ok=True)
        if storage.remote:
            for stored in storage.listed(ANALYSES):
                storage.delete(stored.name)
