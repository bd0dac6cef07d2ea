"""How fast an account takes submits: learned from its refusals, written down nowhere.

Requests of one key queue here.  One is on its way at a time, so that a refusal is learned
from before the next is sent: at most one is refused in each of the account's windows.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from lipsync_demo.wavespeed.pacing.retries import Retry

WINDOW_SECONDS = 60.0
"""Limits are reset each minute (https://wavespeed.ai/docs/troubleshooting-guide): so long is
waited after a refusal that names no time."""

RELEARN_SECONDS = 300.0
"""A pace that was not confirmed by a refusal for so long is forgotten: the account may be
allowed more by now."""

SHORTEST_SECONDS = 1.0
"""The least that is waited after a refusal; doubled with each further one in a row."""

BEAT_SECONDS = 0.2
"""Until the next look at a request whose answer decides about others."""

UNANSWERED_SECONDS = 3.0
"""A request without an answer for so long holds up no other."""

ABSENT_SECONDS = 15.0
"""Who has not asked for so long is no longer in the queue."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many submits are taken in so many seconds."""

    count: int
    seconds: float


class Submits:
    """The queue of one key's submits; safe to use from threads.

    `clock` counts seconds and never goes back; `random` gives 0..1.
    """

    def __init__(
        self, clock: Callable[[], float], random: Callable[[], float], retry: Retry
    ) -> None:
        self._clock, self._random = clock, random
        self._longest = retry.longest_retry_after
        self._lock = threading.Lock()
        self._queue: dict[str, float] = {}
        self._sent: dict[str, float] = {}
        self._taken: deque[float] = deque()
        self._first: float | None = None
        self._shut_at = self._shut_until = float("-inf")
        self._refusals = 0
        self._pace: Pace | None = None
        self._learned_at = float("-inf")

    @property
    def pace(self) -> Pace | None:
        """What was learned; None while nothing is known."""
        with self._lock:
            return self._known(self._clock())

    def ask(self, ticket: str) -> float:
        """0 when the request of this ticket may be sent now, else the seconds until its turn.

        Who may send says afterwards how it went: `taken`, `refused` or `leave`.
        """
        with self._lock:
            now = self._clock()
            for absent in [t for t, at in self._queue.items() if now - at > ABSENT_SECONDS]:
                del self._queue[absent]
            self._queue[ticket] = now
            wait = self._turns(list(self._queue).index(ticket) + 1, now)[-1] - now
            if wait > 0:
                return wait
            if any(now - at < UNANSWERED_SECONDS for at in self._sent.values()):
                return BEAT_SECONDS
            del self._queue[ticket]
            self._sent[ticket] = now
            return 0.0

    def taken(self, ticket: str) -> None:
        """The request was taken, or may have been."""
        with self._lock:
            self._sent.pop(ticket, None)
            now = self._clock()
            horizon = max(WINDOW_SECONDS, self._pace.seconds if self._pace else 0.0)
            while self._taken and now - self._taken[0] > horizon:
                self._taken.popleft()
            self._taken.append(now)
            self._refusals = 0

    def refused(self, ticket: str, retry_after: float | None) -> float:
        """The account's limit is reached; gives the seconds until anything is sent again.

        `retry_after` is what the server asked for; it is capped, and lengthened by up to a
        tenth so that several processes do not come back at once.
        """
        with self._lock:
            now = self._clock()
            # Whoever was refused is the first to try again.
            self._queue = {ticket: now, **self._queue}
            if self._sent.pop(ticket, now) < self._shut_at:
                return max(self._shut_until - now, BEAT_SECONDS)
            self._refusals += 1
            pause = WINDOW_SECONDS if retry_after is None else min(retry_after, self._longest)
            least = SHORTEST_SECONDS * float(1 << min(self._refusals - 1, 30))
            pause = max(pause, min(least, WINDOW_SECONDS))
            self._learn(now, pause, told=retry_after is not None)
            pause *= 1 + self._random() / 10
            self._shut_at, self._shut_until = now, now + pause
            return pause

    def leave(self, ticket: str) -> None:
        """The request is not sent any more, or came to nothing that tells of the limit."""
        with self._lock:
            self._queue.pop(ticket, None)
            self._sent.pop(ticket, None)

    def hold(self, seconds: float) -> None:
        """Send nothing for so long, as long as nothing at all is known yet."""
        with self._lock:
            if not self._taken and not self._sent and self._shut_at == float("-inf"):
                self._shut_at = self._clock()
                self._shut_until = self._shut_at + min(seconds, self._longest)

    def ahead(self, requests: int) -> float | None:
        """Seconds until the last of so many new requests is sent; None while nothing is known."""
        with self._lock:
            now = self._clock()
            if self._known(now) is None or requests < 1:
                return None
            return self._turns(len(self._queue) + requests, now)[-1] - now

    def _learn(self, now: float, pause: float, *, told: bool) -> None:
        horizon = max(WINDOW_SECONDS, self._pace.seconds if self._pace else 0.0)
        window = [at for at in self._taken if now - at <= horizon]
        if window:
            self._first = window[0]
            seconds = now + pause - window[0] if told else WINDOW_SECONDS
            self._pace = Pace(len(window), seconds)
        elif self._pace is not None and self._first is not None:
            # The window goes on for longer than was said, or somebody else used it up.
            longer = min(now + pause - self._first, WINDOW_SECONDS)
            self._pace = Pace(self._pace.count, max(self._pace.seconds, longer))
        self._learned_at = now
        self._taken.clear()

    def _known(self, now: float) -> Pace | None:
        return None if now - self._learned_at > RELEARN_SECONDS else self._pace

    def _turns(self, count: int, now: float) -> list[float]:
        """When the next `count` requests may be sent, at the pace that is known."""
        earliest, pace = max(now, self._shut_until), self._known(now)
        if pace is None:
            return [earliest] * count
        moments = sorted([*self._taken, *self._sent.values()])
        known = len(moments)
        for _ in range(count):
            before = moments[-pace.count] + pace.seconds if len(moments) >= pace.count else earliest
            moments.append(max(earliest, before))
        return moments[known:]
