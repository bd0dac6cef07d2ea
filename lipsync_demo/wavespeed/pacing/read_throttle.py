"""Throttles the reads of a key: a 429 on one of them delays all of them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from lipsync_demo.wavespeed.pacing.retries import Retry
from lipsync_demo.wavespeed.pacing.submit_queue import RECHECK_SECONDS, UNANSWERED_SECONDS


class ReadThrottle:
    """Delays reads after a 429, then lets single reads through until one succeeds.

    Thread-safe.  `clock` returns monotonic seconds, `random` a number from 0 to 1.
    """

    def __init__(
        self, clock: Callable[[], float], random: Callable[[], float], retry: Retry
    ) -> None:
        self._clock, self._random, self._retry = clock, random, retry
        self._lock = threading.Lock()
        self._shut_at = self._shut_until = float("-inf")
        self._refusals = 0
        self._alone: float | None = None

    def ask(self) -> float:
        """0 if a read may be sent now, else the seconds until the next request to send."""
        with self._lock:
            now = self._clock()
            if now < self._shut_until:
                return self._shut_until - now
            if self._refusals:
                if self._alone is not None and now - self._alone < UNANSWERED_SECONDS:
                    return RECHECK_SECONDS
                self._alone = now
            return 0.0

    def refused(self, asked_at: float, retry_after: float | None) -> float:
        """Report a 429 to the read sent at `asked_at`; return the back-off in seconds."""
        with self._lock:
            now = self._clock()
            if asked_at >= self._shut_at:
                self._refusals += 1
                pause = self._retry.pause(self._refusals, self._random(), retry_after)
                self._shut_at, self._shut_until = now, now + pause
                self._alone = None
            return max(self._shut_until - now, 0.0)

    def passed(self, asked_at: float) -> None:
        """Report any answer but a 429 to the read sent at `asked_at`."""
        with self._lock:
            if asked_at >= self._shut_at:
                self._refusals, self._alone = 0, None
