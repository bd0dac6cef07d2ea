"""Threads for downloads from addresses that visitors give, shared fairly among the visitors.

Such a download may be as slow as its server likes, so none runs in a thread that anything else
needs, and no visitor can take all threads.
"""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from lipsync_demo.runs.record.errors import RunRefused

THREADS = 16
"""Maximum number of downloads at once."""

SHARE = 3
"""Maximum number of one owner's downloads at once."""

T = TypeVar("T")


class FairPool:
    """Runs works: first of the owner with the fewest under way, then of the one served longest ago.

    An owner is an opaque name, such as a browser session. Threads start when they are needed.
    """

    def __init__(self, threads: int = THREADS, share: int = SHARE, name: str = "fetch") -> None:
        self._most, self._share, self._name = threads, share, name
        self._changed = threading.Condition()
        self._closed = False
        self._idle = 0
        self._threads: list[threading.Thread] = []
        # By owner, least recently served first.
        self._waiting: dict[str, deque[tuple[Future[Any], Callable[[], Any]]]] = {}
        self._running: Counter[str] = Counter()

    def submit(self, owner: str, work: Callable[[], T], *, most: int | None = None) -> Future[T]:
        """Run `work` in a thread; once the pool is closed, the future is cancelled.

        Args:
            most: maximum number of the owner's works, under way or waiting; None for any.

        Raises:
            RunRefused: the owner has as many.
        """
        future: Future[T] = Future()
        with self._changed:
            waiting = len(self._waiting.get(owner, ()))
            if most is not None and self._running[owner] + waiting >= most:
                raise RunRefused(
                    "Several of your links are being fetched already.",
                    "Wait until one of them is there, then try again.",
                )
            if self._closed:
                future.cancel()
                return future
            self._waiting.setdefault(owner, deque()).append((future, work))
            if sum(map(len, self._waiting.values())) > self._idle:
                self._start_thread()
            self._changed.notify_all()
        return future

    def close(self, seconds: float = 0.0) -> None:
        """Cancel what waits, and wait at most `seconds` for what is under way."""
        with self._changed:
            self._closed = True
            for line in self._waiting.values():
                for future, _ in line:
                    future.cancel()
            self._waiting.clear()
            self._changed.notify_all()
        end = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))

    def _start_thread(self) -> None:
        if len(self._threads) < self._most:
            # A daemon: a download must not keep the app from closing.
            thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (taken := self._take()) is not None:
            owner, future, work = taken
            try:
                if future.set_running_or_notify_cancel():
                    _run(future, work)
            finally:
                with self._changed:
                    self._running[owner] -= 1
                    self._running += Counter()  # forgets owners without work
                    self._changed.notify_all()

    def _take(self) -> tuple[str, Future[Any], Callable[[], Any]] | None:
        """The next work, once there is one; None once the pool is closed."""
        with self._changed:
            self._idle += 1
            while (owner := self._next()) is None and not self._closed:
                self._changed.wait()
            self._idle -= 1
            if owner is None:
                return None
            line = self._waiting.pop(owner)
            future, work = line.popleft()
            if line:
                self._waiting[owner] = line
            self._running[owner] += 1
            return owner, future, work

    def _next(self) -> str | None:
        ready = (owner for owner in self._waiting if self._running[owner] < self._share)
        return min(ready, key=self._running.__getitem__, default=None)


def _run(future: Future[T], work: Callable[[], T]) -> None:
    try:
        result = work()
    except BaseException as error:
        future.set_exception(error)
    else:
        future.set_result(result)
