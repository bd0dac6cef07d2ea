"""When runs will be done, estimated from earlier runs and the account's rate limit."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import SecretStr

from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.record import estimates
from lipsync_demo.runs.record.estimates import Estimate, Work
from lipsync_demo.runs.record.limit_delay import Outlook, outlook
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import BackendName

QUEUED = frozenset({"created", "pending"})
"""Statuses of a task that waits at the server."""


class Forecast:
    """Time estimates for active runs and for runs not yet started."""

    def __init__(
        self, runs: RunTable, credentials: Credentials, dispatcher: Dispatcher, workers: int
    ) -> None:
        self._runs = runs
        self._credentials = credentials
        self._dispatcher = dispatcher
        self._workers = workers

    def estimate(self, run: Run) -> Estimate | None:
        """Remaining time, from comparable runs or the task's own pace; None if unknown."""
        if not run.state.active:
            return None
        ahead = self._ahead(run) if _queued(run) else 0.0
        if ahead is None:
            return None
        left = self._dispatcher.left(run.id)
        return estimates.estimate(run, self._earlier(run.backend, run.model), ahead, left)

    def wait(self, work: Work, backend: BackendName, model: str) -> float | None:
        """Seconds from a click to the picture of this work; None without comparable runs."""
        return estimates.wait(work, estimates.comparable(work, self._earlier(backend, model)))

    def _earlier(self, backend: BackendName, model: str) -> Sequence[Run]:
        return self._runs.list(
            estimates.SAMPLE_RUNS, states=[RunState.DONE], backend=backend, model=model
        )

    def _ahead(self, run: Run) -> float | None:
        """Seconds of the runs before this one in the local engine's queue; None if unknown."""
        active = self._runs.list(states=[RunState.WAITING], backend=run.backend)
        before = [
            self._remaining(other)
            for other in active
            if other.submitted_at and run.submitted_at and other.submitted_at < run.submitted_at
        ]
        known = [seconds for seconds in before if seconds is not None]
        return sum(known) / self._workers if len(known) == len(before) else None

    def _remaining(self, run: Run) -> float | None:
        left = self._dispatcher.left(run.id)
        found = estimates.estimate(run, self._earlier(run.backend, run.model), left=left)
        return found.remaining if found is not None and not found.over else None

    def outlook(
        self, runs: int, backend: BackendName, api_key: SecretStr | None = None
    ) -> Outlook | None:
        """The delay of this many new runs under the account's rate limit; None without a delay.

        The local engine has no rate limit unless it has answered 429.
        """
        governor = self._credentials.governor(backend, api_key)
        if governor is None or (backend == "local" and governor.submits.pace is None):
            return None
        earlier = self._runs.list(estimates.SAMPLE_RUNS, states=[RunState.DONE], backend=backend)
        return outlook(runs, governor.submits, earlier)


def _queued(run: Run) -> bool:
    """Whether a run's task waits at the local engine."""
    status = str((run.prediction or {}).get("status", "")).lower()
    return run.backend == "local" and run.state is RunState.WAITING and status in QUEUED
