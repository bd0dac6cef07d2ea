"""Retries of idempotent requests: their number and back-off."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime


@dataclass(frozen=True)
class Retry:
    """Number of attempts, and bounds of the exponential back-off in seconds."""

    attempts: int = 5
    first: float = 0.5
    slowest: float = 30
    longest_retry_after: float = 120

    def pause(self, tried: int, random: float, retry_after: float | None = None) -> float:
        """Seconds before the next attempt after `tried` failed ones; `random` is 0 to 1."""
        backoff = min(self.first * float(1 << min(tried - 1, 30)), self.slowest) * (0.5 + random)
        return max(backoff, min(retry_after or 0, self.longest_retry_after))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds in a `Retry-After` header, a number or a date; None without one."""
    value = (headers.get("Retry-After") or "").strip()
    if not value:
        return None
    if re.fullmatch(r"[-+]?\d+(\.\d*)?", value):
        return max(0.0, float(value))
    until = _moment(value)
    if until is None:
        return None
    now = _moment(headers.get("Date") or "") or datetime.now(timezone.utc)
    return max(0.0, (until - now).total_seconds())


def _moment(text: str) -> datetime | None:
    """Parse an HTTP date; None if it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
