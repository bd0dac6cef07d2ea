"""Moments and spans: UTC where they are written down, monotonic where they are measured."""

from __future__ import annotations

from datetime import datetime, timezone


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(timezone.utc)


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, which sort in any database."""
    return round(moment.timestamp() * 1_000_000)


def seconds_until(moment: datetime) -> float:
    """Seconds from now until `moment`, never less than zero."""
    return max(0.0, (moment - now()).total_seconds())


def seconds_since(moment: datetime) -> float:
    """Seconds from `moment` until now, never less than zero though clocks may be set back."""
    return max(0.0, (now() - moment).total_seconds())
