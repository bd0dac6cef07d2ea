"""Charges for tasks by their ids: `POST /api/v3/billings/search`.

Source: https://wavespeed.ai/docs/check-billings.  Copies of that page disagree on the unit: newer
ones state US dollars, an older one shows 24300 for a cost of 0.0243.  So an amount counts only in
the unit in which it fits the quote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from lipsync_demo.wavespeed.answers import data_of, unexpected
from lipsync_demo.wavespeed.schema import decimal, mapping, parse_time
from lipsync_demo.wavespeed.transport import Transport

PATH = "/api/v3/billings/search"
"""Path of the endpoint."""

PAGE_SIZE = 100
"""Items per page."""

IDS_AT_ONCE = 50
"""Task ids per request."""

_PAGES = 20
"""Maximum number of pages read per request."""

_UNITS = (Decimal(1), Decimal(1_000_000))
"""Possible units of an amount, per US dollar: dollars and micro-dollars."""

_EXACT = (Decimal("0.25"), Decimal(4))
"""Lowest and highest plausible charge as multiples of an exact quote."""

_FLOOR = (Decimal("0.25"), Decimal(1000))
"""The same for a quote of the model's minimum price: long media cost many times that."""


@dataclass(frozen=True, slots=True)
class BillingItem:
    """One item of a bill; `amount` is as sent, in an uncertain unit, never negative."""

    task_id: str
    kind: str
    amount: Decimal
    at: datetime | None = None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> BillingItem | None:
        """Parse one item; None if it lacks the task or the amount."""
        task, amount = _task(data.get("prediction")), decimal(data.get("price"))
        if not task or amount is None:
            return None
        kind = str(data.get("billing_type") or "").strip().lower()
        return cls(task, kind, abs(amount), parse_time(data.get("created_at")))


@dataclass(frozen=True, slots=True)
class Bill:
    """The charge for a task and the refunded part of it, in US dollars."""

    deducted: Decimal
    refunded: Decimal

    @property
    def net(self) -> Decimal:
        return self.deducted - self.refunded


def search(transport: Transport, ids: Sequence[str], *, retry: bool = True) -> list[BillingItem]:
    """The items of these tasks, without unreadable ones.

    Raises:
        WaveSpeedError: the server has no bills, or does not show them.
    """
    found: list[BillingItem] = []
    for start in range(0, len(ids), IDS_AT_ONCE):
        asked = ids[start : start + IDS_AT_ONCE]
        for number in range(1, _PAGES + 1):
            request = {"page": number, "page_size": PAGE_SIZE, "prediction_uuids": list(asked)}
            answer = transport.call("POST", PATH, request, retry=retry)
            data = data_of(answer)
            items = data if isinstance(data, list) else mapping(data).get("items", ...)
            if items is not None and not isinstance(items, list):
                raise unexpected(answer, "the bill")
            read = [BillingItem.parse(mapping(item)) for item in items or []]
            found += [item for item in read if item is not None and item.task_id in asked]
            if len(read) < PAGE_SIZE:
                break
    return found


def bill(
    items: Iterable[BillingItem], task_id: str, quoted: Decimal | None, *, floor: bool = False
) -> Bill | None:
    """The bill of a task; None if the items lack it, or their unit is not plausible.

    Args:
        quoted: the API's quote for the task in US dollars.
        floor: whether the quote is only the minimum price.
    """
    own = [item for item in items if item.task_id == task_id]
    taken = [item.amount for item in own if item.kind == "deduct"]
    given = sum((item.amount for item in own if item.kind == "refund"), Decimal(0))
    if not taken or given > sum(taken):
        return None
    unit = _unit(sum(taken, Decimal(0)), quoted, _FLOOR if floor else _EXACT)
    return None if unit is None else Bill(sum(taken, Decimal(0)) / unit, given / unit)


def _unit(
    amount: Decimal, quoted: Decimal | None, believed: tuple[Decimal, Decimal]
) -> Decimal | None:
    if amount == 0:
        return _UNITS[0]
    if quoted is None:
        return None
    least, most = (quoted * factor for factor in believed)
    return next((unit for unit in _UNITS if least <= amount / unit <= most), None)


def _task(prediction: object) -> str:
    told = prediction if isinstance(prediction, str) else mapping(prediction).get("uuid")
    return told if isinstance(told, str) else ""
