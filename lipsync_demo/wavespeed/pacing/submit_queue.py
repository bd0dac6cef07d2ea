"""A queue that learns the account's rate limit for submits from its 429s; not persisted.

One request of a key is in flight at a time, so that the queue learns from a refusal before it
sends the next: at most one is refused in each of the account's windows.

Whose requests wait take turns: who has many in the queue delays the others by one at a time.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lipsync_demo.wavespeed.pacing.retries import Retry

WINDOW_SECONDS = 60.0
"""Seconds of back-off after a 429 without Retry-After: limits are per minute
(https://wavespeed.ai/docs/troubleshooting-guide)."""

RELEARN_SECONDS = 300.0
"""Seconds after which a learned limit without another 429 is dropped: it may be higher now."""

MIN_BACKOFF_SECONDS = 1.0
"""Minimum back-off in seconds after a 429; doubled with each consecutive one."""

RECHECK_SECONDS = 0.2
"""Seconds between checks while the answer to a request in flight is pending."""

UNANSWERED_SECONDS = 3.0
"""Seconds after which a request without an answer no longer blocks others."""

ABSENT_SECONDS = 15.0
"""Seconds without `ask` after which a ticket loses its place in the queue."""

ASKING_SECONDS = 1.0
"""A ticket that asked within so many seconds asks again at once."""

MOST_OWNERS = 1024
"""Owners of whom it is kept when they had a turn."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A rate limit: `count` submits in `seconds`."""

    count: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Waiting:
    """When a ticket last asked, or was sent, and whose it is."""

    at: float
    owner: str


class SubmitQueue:
    """The submit queue of one key; thread-safe.

    `clock` returns monotonic seconds, `random` a number from 0 to 1.
    """

    def __init__(
        self, clock: Callable[[], float], random: Callable[[], float], retry: Retry
    ) -> None:
        self._clock, self._random = clock, random
        self._longest = retry.longest_retry_after
        self._lock = threading.Lock()
        self._queue: dict[str, _Waiting] = {}
        self._sent: dict[str, _Waiting] = {}
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._turn = 0
        self._taken: deque[float] = deque()
        self._first: float | None = None
        self._shut_at = self._shut_until = float("-inf")
        self._refusals = 0
        self._pace: RateLimit | None = None
        self._learned_at = float("-inf")

    @property
    def pace(self) -> RateLimit | None:
        """The learned rate limit; None while it is unknown."""
        with self._lock:
            return self._known(self._clock())

    def ask(self, ticket: str, owner: str = "") -> float:
        """0 if the ticket's request may be sent now, else the seconds to wait.

        Owners take turns. After sending, report the outcome: `taken`, `refused` or `leave`.
        """
        with self._lock:
            now = self._clock()
            for absent in [t for t, w in self._queue.items() if now - w.at > ABSENT_SECONDS]:
                del self._queue[absent]
            self._queue[ticket] = waiting = _Waiting(now, owner)
            wait = self._send_times(self._place(ticket), now)[-1] - now
            if wait > 0:
                return wait
            if any(now - w.at < UNANSWERED_SECONDS for w in self._sent.values()):
                return RECHECK_SECONDS
            if self._yields(ticket, now):
                return RECHECK_SECONDS
            del self._queue[ticket]
            self._sent[ticket] = waiting
            self._had_turn(owner)
            return 0.0

    def taken(self, ticket: str) -> None:
        """Report that the request was accepted, or may have been."""
        with self._lock:
            self._sent.pop(ticket, None)
            now = self._clock()
            horizon = max(WINDOW_SECONDS, self._pace.seconds if self._pace else 0.0)
            while self._taken and now - self._taken[0] > horizon:
                self._taken.popleft()
            self._taken.append(now)
            self._refusals = 0

    def refused(self, ticket: str, retry_after: float | None) -> float:
        """Report a 429; return the seconds until the next request may be sent.

        `retry_after` is the server's, capped, and lengthened by up to 10 % of jitter so that
        several processes do not retry at once.
        """
        with self._lock:
            now = self._clock()
            # The refused request is the first to be retried.
            sent = self._sent.pop(ticket, None) or _Waiting(now, "")
            self._queue = {ticket: _Waiting(now, sent.owner), **self._queue}
            self._turns.pop(sent.owner, None)
            if sent.at < self._shut_at:
                return max(self._shut_until - now, RECHECK_SECONDS)
            self._refusals += 1
            pause = WINDOW_SECONDS if retry_after is None else min(retry_after, self._longest)
            least = MIN_BACKOFF_SECONDS * float(1 << min(self._refusals - 1, 30))
            pause = max(pause, min(least, WINDOW_SECONDS))
            self._learn(now, pause, told=retry_after is not None)
            pause *= 1 + self._random() / 10
            self._shut_at, self._shut_until = now, now + pause
            return pause

    def leave(self, ticket: str) -> None:
        """Remove a request that is not sent, or whose outcome reveals nothing about the limit."""
        with self._lock:
            self._queue.pop(ticket, None)
            self._sent.pop(ticket, None)

    def hold(self, seconds: float) -> None:
        """Send nothing for `seconds`, unless the queue has been used already."""
        with self._lock:
            if not self._taken and not self._sent and self._shut_at == float("-inf"):
                self._shut_at = self._clock()
                self._shut_until = self._shut_at + min(seconds, self._longest)

    def delay_of(self, requests: int) -> float | None:
        """Seconds until the last of `requests` new requests is sent; None while unknown."""
        with self._lock:
            now = self._clock()
            if self._known(now) is None or requests < 1:
                return None
            return self._send_times(len(self._queue) + requests, now)[-1] - now

    def _place(self, ticket: str) -> int:
        """The ticket's place in the queue, from 1: first everybody's first, then the second ones.

        Of those it is the turn of who had none for longest.
        """
        return 1 + sum(1 for _ in self._before(ticket))

    def _yields(self, ticket: str, now: float) -> bool:
        """Whether it is the turn of somebody else, who is asking just now, too."""
        mine = self._queue[ticket].owner
        return any(
            waiting.owner != mine and now - waiting.at < ASKING_SECONDS
            for waiting in self._before(ticket)
        )

    def _before(self, ticket: str) -> Iterator[_Waiting]:
        """What is to be sent before a ticket."""
        mine, own, seen = self._queue[ticket].owner, 0, Counter[str]()
        for other, waiting in self._queue.items():
            if other == ticket:
                break
            own += waiting.owner == mine
        turn, passed = (own, self._turns.get(mine, 0)), False
        for other, waiting in self._queue.items():
            theirs = seen[waiting.owner], self._turns.get(waiting.owner, 0)
            seen[waiting.owner] += 1
            if other == ticket:
                passed = True
            elif theirs < turn or (theirs == turn and not passed):
                yield waiting

    def _had_turn(self, owner: str) -> None:
        self._turn += 1
        self._turns[owner] = self._turn
        self._turns.move_to_end(owner)
        while len(self._turns) > MOST_OWNERS:
            self._turns.popitem(last=False)

    def _learn(self, now: float, pause: float, *, told: bool) -> None:
        horizon = max(WINDOW_SECONDS, self._pace.seconds if self._pace else 0.0)
        window = [at for at in self._taken if now - at <= horizon]
        if window:
            self._first = window[0]
            seconds = now + pause - window[0] if told else WINDOW_SECONDS
            self._pace = RateLimit(len(window), seconds)
        elif self._pace is not None and self._first is not None:
            # The window is longer than stated, or another client used it up.
            longer = min(now + pause - self._first, WINDOW_SECONDS)
            self._pace = RateLimit(self._pace.count, max(self._pace.seconds, longer))
        self._learned_at = now
        self._taken.clear()

    def _known(self, now: float) -> RateLimit | None:
        return None if now - self._learned_at > RELEARN_SECONDS else self._pace

    def _send_times(self, count: int, now: float) -> list[float]:
        """Monotonic seconds at which the next `count` requests may be sent."""
        earliest, pace = max(now, self._shut_until), self._known(now)
        if pace is None:
            return [earliest] * count
        moments = sorted([*self._taken, *(sent.at for sent in self._sent.values())])
        known = len(moments)
        for _ in range(count):
            before = moments[-pace.count] + pace.seconds if len(moments) >= pace.count else earliest
            moments.append(max(earliest, before))
        return moments[known:]
