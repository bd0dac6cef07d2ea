"""Payment for a probe's tasks: confirmation on the terminal, spend limits, ledger.

A server that quotes zero needs no confirmation and no ledger lines.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from lipsync_demo.cli import words
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.cost import Quote
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.calls.billing import Bill
from lipsync_demo.wavespeed.schema import Price


class TerminalPurse:
    """Asks for confirmation once, enforces the spend limits, and writes the ledger."""

    def __init__(
        self,
        settings: Settings,
        base_url: str,
        ledger: Ledger,
        limit: Decimal | None,
        ask: Callable[[str], bool],
    ) -> None:
        self._settings = settings
        self._base_url = base_url
        self._ledger = ledger
        self._limit = limit
        self._ask = ask
        self._session = secrets.token_hex(16)
        self._free = False
        self._open: Run | None = None
        self._sent: dict[str, Run] = {}
        if limit is not None:
            ledger.set_limit(self._session, limit)

    def allow(self, tasks: int, total: Decimal | None) -> str | None:
        if self._settings.demo_mode:
            return words.RECORDED_ONLY
        if total is None:
            if self._limited:
                return words.NO_PRICE
            text = words.tasks_unpriced(tasks)
        elif total == 0:
            self._free = True
            return None
        else:
            text = words.tasks_quoted(tasks, total)
        if self._limit is not None:
            text += words.no_more_than(self._limit)
        return None if self._ask(text) else words.NOBODY_AGREED

    def reserve(self, mode: SyncMode, price: Price | None, *, floor: bool) -> str | None:
        if self._free:
            return None
        if price is None and self._limited:
            return words.NO_PRICE
        quote = None
        if price is not None:
            quote = Quote(price.amount, price.currency, floor, now())
        run = self._run(mode, quote)
        reached = self._ledger.reserve(run, None, self._settings.spend_limit)
        if reached is not None:
            whose = words.SERVERS_LIMIT if reached.whose == "server" else words.THE_LIMIT
            return words.limit_reached(whose, reached.limit)
        self._open = replace(run, submits=1)
        return None

    def refused(self) -> None:
        if self._open is not None:
            self._ledger.settle(self._open, LineState.RELEASED)

    def began(self, task_id: str) -> None:
        if self._open is not None:
            self._sent[task_id] = replace(self._open, prediction_id=task_id)

    def ended(self, task_id: str, *, failed: bool, bill: Bill | None) -> None:
        state = LineState.REFUND if failed else LineState.SPENT
        if task_id in self._sent:
            self._ledger.settle(self._sent[task_id], state, bill=bill)

    def close(self) -> None:
        """Remove the limit of this probe; the ledger's lines stay."""
        self._ledger.set_limit(self._session, None)

    @property
    def _limited(self) -> bool:
        return self._limit is not None or self._settings.spend_limit is not None

    def _run(self, mode: SyncMode, quote: Quote | None) -> Run:
        """The ledger's view of a request, which is not stored as a run."""
        run_id, moment = secrets.token_hex(16), now()
        return Run(
            id=run_id,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=RunState.SUBMITTING,
            backend="wavespeed",
            base_url=self._base_url,
            sync_mode=mode,
            folder=self._settings.runs_dir / run_id,
            video_source="",
            audio_source="",
            session=self._session,
            quote=quote,
        )
