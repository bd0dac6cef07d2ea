"""Who says whether tasks may be begun, and what is written down of each."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.wavespeed.calls.billing import Bill
from lipsync_demo.wavespeed.schema import Price


class Purse(Protocol):
    """Asks the person once, holds to the limits, keeps the ledger."""

    def allow(self, tasks: int, total: Decimal | None) -> str | None:
        """None when so many tasks may cost so much together, else why not."""

    def reserve(self, mode: SyncMode, price: Price | None, *, floor: bool) -> str | None:
        """Set a task's price aside, before it is sent; gives why not when a limit is reached.

        `floor` says whether the price is the model's lowest, as for media it could not read.
        """

    def refused(self) -> None:
        """The task reserved last was not begun: nothing is billed."""

    def began(self, task_id: str) -> None:
        """The task reserved last has this id."""

    def ended(self, task_id: str, *, failed: bool, bill: Bill | None) -> None:
        """How a task ended, and its bill, where there is one."""
