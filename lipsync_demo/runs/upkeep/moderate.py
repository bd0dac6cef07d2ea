"""NSFW checks of finished outputs without one, such as those of earlier versions."""

from __future__ import annotations

import threading
from contextlib import suppress
from dataclasses import replace

from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.moderate import own_checks
from lipsync_demo.runs.storage.run_table import RunTable


class OutputChecks:
    """The job that checks finished outputs one run at a time; scheduled on request."""

    is_long = True
    fetches_for = None
    turn = ""

    def __init__(self, runs: RunTable, dispatcher: Dispatcher) -> None:
        self._runs = runs
        self._dispatcher = dispatcher
        self._wanted: dict[str, Run] = {}
        self._failed: set[str] = set()
        self._scheduled = False
        self._lock = threading.Lock()
        self._closed = threading.Event()

    def request(self, run: Run) -> bool:
        """Queue a run with unchecked outputs; return whether it is queued.

        It is not where the API checked them, or where this app's own check failed.
        """
        unknown = any(run.nsfw(n) is None for n in range(len(run.outputs)))
        there = all(path.is_file() for path in run.outputs)
        with self._lock:
            failed = run.id in self._failed or self._closed.is_set()
            if run.state is not RunState.DONE or not (unknown and there) or failed:
                return False
            self._wanted.setdefault(run.id, run)
            if not self._scheduled:
                self._scheduled = True
                self._dispatcher.schedule(self)
        return True

    def step(self) -> float | None:
        """Check one run's outputs; return 0, None at the end.  Failures are not retried."""
        with self._lock:
            run = next(iter(self._wanted.values()), None)
            if run is None or self._closed.is_set():
                self._scheduled = False
                return None
        with suppress(_Closed):
            found = own_checks(run.outputs, run.has_nsfw_contents, self._going)
            with suppress(RunNotFound):
                after = self._runs.change(run.id, lambda r: replace(r, own_checks=found))[1]
                RunFolder(after.folder).write_record(after)
                if any(after.nsfw(n) is None for n in range(len(after.outputs))):
                    self._failed.add(run.id)
        with self._lock:
            del self._wanted[run.id]
        return 0.0

    def close(self) -> None:
        """End the current check and start no more."""
        self._closed.set()

    def _going(self) -> None:
        if self._closed.is_set():
            raise _Closed


class _Closed(Exception):  # noqa: N818
    """The workspace was closed during a check."""
