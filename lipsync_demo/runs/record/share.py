"""What one of several visitors may spend with the environment's key, and a limit it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from lipsync_demo.access.asker import Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Who asks, and what they may take; None is without a limit.

    Attributes:
        visitor, address: US dollars in a day, of the visitor and of everybody at their address.
        code_spend, code_runs: US dollars and runs of their access code in all.
    """

    by: Asker
    visitor: Decimal | None = None
    address: Decimal | None = None
    code_spend: Decimal | None = None
    code_runs: int | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is to come: who pays it, the browser session, and what it costs.

    `amount` is in US dollars, None while no price is known.
    """

    key: str
    session: str | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that a request would exceed: its owner, its amount, and what is spent of it.

    `free_at` is when the request can be paid; None if that does not come by itself.
    """

    whose: str
    limit: Decimal
    spent: Decimal
    free_at: datetime | None = None
