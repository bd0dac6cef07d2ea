"""Timestamps in UTC, and the seconds between them."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated

from pydantic import PlainSerializer


def _written(moment: datetime) -> str:
    return moment.isoformat()


Moment = Annotated[datetime, PlainSerializer(_written, when_used="json")]
"""A moment that is ISO 8601 in JSON, its zone an offset such as `+00:00`."""


def now() -> datetime:
    """Current time in UTC."""
    return datetime.now(timezone.utc)


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970: an integer, so that any database sorts it."""
    return round(moment.timestamp() * 1_000_000)


def seconds_until(moment: datetime) -> float:
    """Seconds from now until `moment`; 0 once it has passed."""
    return max(0.0, (moment - now()).total_seconds())


def seconds_since(moment: datetime) -> float:
    """Seconds from `moment` until now; 0 if the clock was set back."""
    return max(0.0, (now() - moment).total_seconds())
