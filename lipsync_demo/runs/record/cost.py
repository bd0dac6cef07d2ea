"""Price quote and charge of a run."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from lipsync_demo.runs.record.clock import Moment


@dataclass(frozen=True, slots=True)
class Quote:
    """The API's price for a run, quoted at `at`.

    `floor` is true when the API could not read the media and quoted the model's minimum price.
    """

    amount: Decimal
    currency: str
    floor: bool
    at: Moment


@dataclass(frozen=True, slots=True)
class Charge:
    """The charge for a task and the refunded part of it, in US dollars.

    `source` is `billing` for the task's own bill, or `balance` for the drop in the account's
    balance, which shows no refund.
    """

    amount: Decimal
    refunded: Decimal = Decimal(0)
    source: Literal["billing", "balance"] = "billing"


def charge_of_record(recorded: Any) -> Any:
    """Return a recorded charge; older records hold a bare amount, known from the balance."""
    if isinstance(recorded, str):
        return {"amount": recorded, "source": "balance"}
    return recorded
