"""How often something may be done: token buckets of each visitor, each address, and all together.

They are in this process's memory and start full.  Only what a visitor of the page asks for
counts; commands and background work do not.  What one bucket refuses is taken from none.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from lipsync_demo.access import words
from lipsync_demo.access.asker import Asker, asker
from lipsync_demo.access.errors import TooMany
from lipsync_demo.access.shares import Shares
from lipsync_demo.settings import Settings

if TYPE_CHECKING:
    from throttled import Throttled

Act = Literal["uploads", "looks", "runs", "links", "keys", "imports", "entries"]

BURST = 2
"""A full bucket holds so many minutes' worth."""

ADDRESS, ALL = 3, 10
"""How many visitors' worth one address and all together may do: an office shares an address."""

OF_NOBODY_ELSE = frozenset({"entries"})
"""Acts without a bucket of all together: strangers would empty it, and nobody could enter."""

MOST_KEPT = 20_000
"""Buckets kept of visitors, and of addresses; the longest unused are dropped, which fills them."""


class Rates:
    """The buckets of one process."""

    def __init__(self, settings: Settings) -> None:
        self._lock = threading.Lock()
        self._minute_rates = settings.minute_rates

    @cached_property
    def _buckets(self) -> Mapping[str, Mapping[str, Throttled]]:
        # Commands need none, and the library imports much.
        from throttled import RateLimiterType, Throttled, per_min, store

        # Stores of their own: who mints visitors drops no address, and never the one of all.
        shares = {"visitor": 1, "address": ADDRESS, "all": ALL}
        stores = {name: store.MemoryStore(options={"MAX_SIZE": MOST_KEPT}) for name in shares}
        return {
            act: {
                whose: Throttled(
                    using=RateLimiterType.GCRA.value,
                    quota=per_min(rate * share, burst=rate * share * BURST),
                    store=stores[whose],
                )
                for whose, share in shares.items()
            }
            for act, rate in self._minute_rates.items()
        }

    @cached_property
    def _shares(self) -> Mapping[str, Shares]:
        from throttled import utils

        return {
            act: Shares(rate * ALL * BURST, BURST * 60, MOST_KEPT, lambda: utils.now_mono_f())
            for act, rate in self._minute_rates.items()
            if act not in OF_NOBODY_ELSE
        }

    def take(self, act: Act, by: Asker | None = None) -> None:
        """Count an act of the visitor who asks, or of `by`.

        Raises:
            TooMany: a bucket is empty; then nothing is counted.
        """
        with self._lock:
            wait = self._wait(act, by := by or asker())
            if not wait:
                for bucket, key in self._of(act, by):
                    bucket.limit(key)
                if by is not None and by.origin is not None and act in self._shares:
                    self._shares[act].take(by.origin)
                return
        raise _refusal(act, wait)

    def refusal(self, act: Act) -> TooMany | None:
        """What `take` would say now; None if it would count the act."""
        with self._lock:
            wait = self._wait(act, asker())
        return _refusal(act, wait) if wait else None

    def _wait(self, act: Act, by: Asker | None) -> float:
        """Seconds until every bucket has a token, and the address a share in that of all."""
        waits = [_wait(bucket, key) for bucket, key in self._of(act, by)]
        if by is not None and by.origin is not None and act in self._shares:
            waits.append(self._shares[act].wait(by.origin))
        return max(waits, default=0.0)

    def _of(self, act: Act, by: Asker | None) -> list[tuple[Throttled, str]]:
        if by is None:
            return []
        keys = {"visitor": by.owner, "address": by.origin}
        if act not in OF_NOBODY_ELSE:
            keys["all"] = "all"
        buckets = self._buckets[act]
        return [(buckets[whose], f"{act}:{key}") for whose, key in keys.items() if key is not None]


def _wait(bucket: Throttled, key: str) -> float:
    """Seconds until a bucket has a token; what the library's `peek` says is for taking none."""
    state, quota = bucket.peek(key), bucket.limiter.quota
    return max(0.0, state.reset_after - (quota.burst - 1) * quota.emission_interval)


def _refusal(act: Act, wait: float) -> TooMany:
    ends = datetime.now(timezone.utc) + timedelta(seconds=wait)
    return TooMany(words.DONE[act], words.again(wait, ends), ends)
