"""How many requests a token may send in a minute: a bucket of each, in this process's memory."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lipsync_demo.access.tokens import ApiToken

if TYPE_CHECKING:
    from throttled.store import MemoryStore


@dataclass(frozen=True, slots=True)
class Left:
    """What a token's bucket holds: `remaining` of `limit` requests, full in `reset` seconds.

    `retry` is in how many seconds the next request is answered, None if this one is.
    """

    limit: int
    remaining: int
    reset: int
    retry: int | None = None

    @property
    def headers(self) -> dict[str, str]:
        """As `RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers say it."""
        told = {
            "RateLimit-Policy": f'"token";q={self.limit};w=60',
            "RateLimit": f'"token";r={self.remaining};t={self.reset}',
        }
        return told if self.retry is None else {**told, "Retry-After": str(self.retry)}


class RequestRates:
    """The buckets of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def take(self, token: ApiToken) -> Left:
        """Count a request, and say what is left; where `retry` is set, it was not counted."""
        from throttled import RateLimiterType, Throttled, per_min

        bucket = Throttled(
            using=RateLimiterType.TOKEN_BUCKET.value,
            quota=per_min(token.rate, burst=token.rate),
            store=self._store,
        )
        with self._lock:
            told = bucket.limit(f"{token.name} {token.rate}")
        state = told.state
        retry = max(1, math.ceil(state.retry_after)) if told.limited else None
        return Left(token.rate, state.remaining, math.ceil(state.reset_after), retry)

    @cached_property
    def _store(self) -> MemoryStore:
        from throttled.store import MemoryStore

        return MemoryStore(options={"MAX_SIZE": 1024})
