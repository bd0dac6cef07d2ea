"""When runs will be done, estimated from earlier runs and the account's rate limit."""

from __future__ import annotations

from pydantic import SecretStr

from lipsync_demo.runs.record import estimates
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.limit_delay import Outlook, outlook
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import BackendName


class Forecast:
    """Time estimates for active runs and for runs not yet started."""

    def __init__(self, runs: RunTable, credentials: Credentials) -> None:
        self._runs = runs
        self._credentials = credentials

    def estimate(self, run: Run) -> Estimate | None:
        """Remaining time, from earlier runs of the same backend and model; None if unknown."""
        earlier = self._runs.list(
            estimates.SAMPLE_RUNS, states=[RunState.DONE], backend=run.backend, model=run.model
        )
        return estimates.estimate(run, earlier)

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
