"""What the page tells of this moment beside its counts."""

from __future__ import annotations

import shutil
from collections.abc import Callable

from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.metrics import table
from lipsync_demo.metrics.exposition import Told
from lipsync_demo.metrics.metric import Metric, Values
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.upkeep.readiness import Readiness
from lipsync_demo.settings import Settings


class Figures:
    """Looks up the page's metrics that are not counted."""

    def __init__(
        self,
        settings: Settings,
        runs: RunTable,
        ledger: Ledger,
        dispatcher: Dispatcher,
        readiness: Readiness,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._ledger = ledger
        self._dispatcher = dispatcher
        self._readiness = readiness

    def now(self, open_pages: int) -> Told:
        """The figures of this moment; without those of the database while it is away."""
        told: dict[Metric, dict[Values, float]] = {
            table.READY: {(): not self._readiness.problems()},
            table.DRAINING: {(): self._readiness.draining.is_set()},
            table.SESSIONS: {(): open_pages},
            table.RUNS_DRIVEN: {(): self._dispatcher.driven_here},
        }
        if self._settings.day_limit is not None and self._settings.spends:
            told[table.SPEND_LIMIT] = {(): float(self._settings.day_limit)}
        shared: dict[Metric, Callable[[], dict[Values, float]]] = {
            table.DISK_FREE: lambda: {(): shutil.disk_usage(self._settings.data_dir).free},
            table.RUNS: self._by_state,
            table.SPEND: lambda: {(): float(self._ledger.spent(key="environment"))},
        }
        for metric, look in shared.items():
            try:
                told[metric] = look()
            except (DatabaseUnusable, OSError):
                told[metric] = {}
        return told

    def _by_state(self) -> dict[Values, float]:
        counts = self._runs.states()
        return {(state,): counts.get(state, 0) for state in table.STATES}
