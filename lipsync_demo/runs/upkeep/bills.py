"""Fetches the bills of ended tasks: a bill may be late, a refund by hours."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from pydantic import SecretStr

from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.ledger_line import Line
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.calls.billing import bill
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import WaveSpeedError

EVERY_SECONDS = 600.0
"""Seconds between requests for the open bills of the environment's key."""

logger = logging.getLogger(__name__)


class Bills:
    """Fetches open bills: as a job for the environment's key, or on a user's request."""

    is_long = True
    fetches_for = None
    turn = ""

    def __init__(self, settings: Settings, runs: RunTable, ledger: Ledger) -> None:
        self._settings = settings
        self._runs = runs
        self._ledger = ledger

    def step(self) -> float | None:
        """Fetch open bills once; the job is over if the server has no bills endpoint."""
        key = self._settings.api_key
        lines = self._ledger.unbilled("environment") if key else []
        if key and lines:
            try:
                self.ask(lines, key)
            except WaveSpeedError as error:
                logger.info("The bill is unknown: %s", error.what)
                if error.status in {404, 405}:
                    return None
        return EVERY_SECONDS

    def settle(self, api_key: SecretStr | None = None, session: str | None = None) -> None:
        """Fetch the open bills of a visitor's key, else of the environment's key."""
        key = api_key or self._settings.api_key
        if key is None:
            return
        whose = "visitor" if api_key else "environment"
        try:
            self.ask(self._ledger.unbilled(whose, session), key)
        except WaveSpeedError as error:
            logger.info("The bill is unknown: %s", error.what)

    def ask(self, lines: Sequence[Line], key: SecretStr) -> None:
        """Fetch the bills of these lines and write them to the ledger and the runs.

        Raises:
            WaveSpeedError: the API shows no bills.
        """
        tasks = [line.task for line in lines if line.task]
        if not tasks:
            return
        with WaveSpeedClient(key, self._settings.base_url) as client:
            items = client.billings(tasks, retry=False)
        for line in lines:
            if line.task:
                found = bill(items, line.task, line.quoted, floor=line.floor)
                charge = self._ledger.bill(line.id, found)
                if charge is not None and charge != line.charge:
                    self._tell(line.run_id, line.task, charge)

    def _tell(self, run_id: str, task: str, charge: Charge) -> None:
        def told(run: Run) -> Run:
            return replace(run, charge=charge) if run.prediction_id == task else run

        try:
            before, after = self._runs.change(run_id, told)
        except RunNotFound:
            return
        if after is not before:
            RunFolder(after.folder).write_record(after)
