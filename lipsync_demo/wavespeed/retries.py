"""How often and how long apart a harmless request is repeated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Retry:
    """How often and how long apart a harmless request is repeated (seconds)."""

    attempts: int = 5
    first: float = 0.5
    slowest: float = 30
    longest_retry_after: float = 120

    def pause(self, tried: int, random: float, retry_after: float | None = None) -> float:
        """Seconds before the next attempt, after `tried` failed ones; `random` in 0..1."""
        backoff = min(self.first * float(1 << min(tried - 1, 30)), self.slowest) * (0.5 + random)
        return max(backoff, min(retry_after or 0, self.longest_retry_after))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds a `Retry-After` header asks to wait, given as a number or a date."""
    value = (headers.get("Retry-After") or "").strip()
    if not value:
        return None
    if re.fullmatch(r"[-+]?\d+(\.\d*)?", value):
        return max(0.0, float(value))
    try:
        until = parsedate_to_datetime(value)
        now = parsedate_to_datetime(headers["Date"]) if "Date" in headers else None
    except ValueError:
        return None
    return max(0.0, (_utc(until) - _utc(now or datetime.now(timezone.utc))).total_seconds())


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
