"""The heartbeat of a claim: renews its lease while a job is rendered, and notices its loss."""

from __future__ import annotations

import logging
import threading
from contextvars import copy_context
from functools import partial
from types import TracebackType

from lipsync_demo.backend.jobs.job import Job
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.queue.errors import Cancelled

log = logging.getLogger(__name__)

BEATS = 30
"""How often a lease is renewed before it would end."""


class Heartbeat:
    """A context manager around the work on a claimed job.

    The database may be away for as long as the lease lasts: the work goes on meanwhile.
    """

    def __init__(self, jobs: JobStore, job: Job, lease_ms: int) -> None:
        self._jobs = jobs
        self._job = job
        self._lease_ms = lease_ms
        self._share = 0.0
        self._lost = False
        self._ended = threading.Event()
        # With the context of whoever began, which says what the log lines are about.
        run = partial(copy_context().run, self._run)
        self._thread = threading.Thread(target=run, name="heartbeat", daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def check(self) -> None:
        """Raise `Cancelled` if the claim is lost."""
        if self._lost:
            raise Cancelled

    def progress(self, share: float) -> None:
        """Note the share of the work that is done, 0 to 1; raise `Cancelled` as `check` does."""
        self._share = share
        self.check()

    def _run(self) -> None:
        away = False
        while not self._ended.wait(self._lease_ms / 1000 / BEATS):
            try:
                self._lost = not self._jobs.renew(self._job, self._lease_ms, self._share)
            except Exception:
                if not away:
                    log.warning("the lease of task %s is not renewed", self._job.id, exc_info=True)
                away = True
            else:
                away = False
                if self._lost:
                    return
