"""Calls functions at their time, on one thread for all: most alarms are called off before.

A thread for each would have to run before whoever starts it goes on, which takes as long as a short
exchange, and far longer on a busy machine.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import threading
import time
from collections.abc import Callable

MOST_CALLED_OFF = 1000
"""Alarms that are called off and still listed, at most."""

logger = logging.getLogger(__name__)


class Alarm:
    """A function that is to be called at a moment."""

    def __init__(self, act: Callable[[Alarm], None]) -> None:
        self._act: Callable[[Alarm], None] | None = act

    @property
    def off(self) -> bool:
        """Whether it is called off, or over."""
        return self._act is None

    def call_off(self) -> None:
        """Leave the function uncalled, unless it is being called; nothing of it is kept."""
        self._act = None

    def ring(self) -> None:
        """Call the function, unless it is called off."""
        act, self._act = self._act, None
        if act is not None:
            act(self)


class Alarms:
    """Alarms by their time; their functions must not block."""

    def __init__(self) -> None:
        self._forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget)

    def _forget(self) -> None:
        """Begin anew, as in a forked process, which has no thread and maybe a lock that is held."""
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Alarm]] = []
        self._numbers = itertools.count()
        self._thread: threading.Thread | None = None

    def set(self, seconds: float, act: Callable[[Alarm], None]) -> Alarm:
        """Have a function called in so many seconds, with the alarm that is returned."""
        alarm = Alarm(act)
        moment = time.monotonic() + seconds
        with self._changed:
            first = not self._due or moment < self._due[0][0]
            heapq.heappush(self._due, (moment, next(self._numbers), alarm))
            if len(self._due) > MOST_CALLED_OFF:
                self._due = [one for one in self._due if not one[2].off]
                heapq.heapify(self._due)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)
                self._thread.start()
            elif first:
                self._changed.notify()
        return alarm

    def _run(self) -> None:
        while True:
            alarm = self._next()
            try:
                alarm.ring()
            except Exception:
                logger.exception("An alarm failed")

    def _next(self) -> Alarm:
        """The next alarm, when its time has come."""
        with self._changed:
            while True:
                while self._due and self._due[0][2].off:
                    heapq.heappop(self._due)
                left = self._due[0][0] - time.monotonic() if self._due else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(left)


ALARMS = Alarms()
"""Those of this process."""
