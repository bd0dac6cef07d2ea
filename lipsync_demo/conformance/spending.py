"""The permission to submit billable tasks, and their ledger."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.wavespeed.calls.billing import Bill
from lipsync_demo.wavespeed.schema import Price


class Purse(Protocol):
    """Asks the user once, enforces spend limits, writes the ledger."""

    def allow(self, tasks: int, total: Decimal | None) -> str | None:
        """Return None if this many tasks may cost `total` US dollars together, else the reason."""

    def reserve(self, mode: SyncMode, price: Price | None, *, floor: bool) -> str | None:
        """Reserve a task's price before its submit; return the reason if a limit is reached.

        `floor` tells whether the price is the model's minimum, as for unreadable media.
        """

    def refused(self) -> None:
        """Release the last reservation: its task was not started and is not billed."""

    def began(self, task_id: str) -> None:
        """Record the id of the task that the last reservation was for."""

    def ended(self, task_id: str, *, failed: bool, bill: Bill | None) -> None:
        """Record how a task ended, and its bill if there is one."""
