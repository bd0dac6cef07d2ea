"""What a run was to cost, and what it did cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Quote:
    """What the API said a run would cost, asked at `at`.

    `floor` is true when the API could not read the media and gave the model's lowest price.
    """

    amount: Decimal
    currency: str
    floor: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Charge:
    """What a task cost in US dollars, and how much of that was refunded.

    `source` is where it is known from: the task's own bill, or only the fall of the account's
    balance, which knows of no refund.
    """

    amount: Decimal
    refunded: Decimal = Decimal(0)
    source: Literal["billing", "balance"] = "billing"


def charge_of_record(recorded: Any) -> Any:
    """The charge in a record; earlier ones have a bare amount where only the balance was known."""
    if isinstance(recorded, str):
        return {"amount": recorded, "source": "balance"}
    return recorded
