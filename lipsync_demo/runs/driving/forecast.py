"""When runs will be done, judged by earlier runs and by the account's limit."""

from __future__ import annotations

from pydantic import SecretStr

from lipsync_demo.runs.record import estimates
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.outlook import Outlook, outlook
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import BackendName


class Forecast:
    """Estimates for runs under way and for runs not begun."""

    def __init__(self, runs: RunTable, credentials: Credentials) -> None:
        self._runs = runs
        self._credentials = credentials

    def estimate(self, run: Run) -> Estimate | None:
        """Seconds to go judged by earlier runs of the same backend and model; None if unknown."""
        earlier = self._runs.list(
            estimates.SAMPLE, states=[RunState.DONE], backend=run.backend, model=run.model
        )
        return estimates.estimate(run, earlier)

    def outlook(
        self, runs: int, backend: BackendName, api_key: SecretStr | None = None
    ) -> Outlook | None:
        """How long so many new runs take if the account's limit holds them up; None if not.

        The local engine has no such limit, unless it was seen to refuse.
        """
        governor = self._credentials.governor(backend, api_key)
        if governor is None or (backend == "local" and governor.submits.pace is None):
            return None
        earlier = self._runs.list(estimates.SAMPLE, states=[RunState.DONE], backend=backend)
        return outlook(runs, governor.submits, earlier)
