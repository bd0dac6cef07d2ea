"""How often open pages ask how their runs get on.

A poll takes some 5 ms of the one thread that answers everybody: few pages ask every second, many
more rarely, so that most of that thread is left to what somebody has clicked.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable

SHORTEST, LONGEST = 1.0, 5.0
"""Seconds between two polls of a page."""

MOST = 40
"""Polls a second of all pages together, before the longest interval is reached."""

WINDOW_SECONDS = 10.0
"""Seconds of which the polls say how many pages there are."""


class Pace:
    """The pace of one process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._polls: deque[tuple[float, float]] = deque()
        self._waited = 0.0

    def next(self, waited: float) -> float:
        """Count a poll of a page that waited for so long; return in how many seconds its next is.

        A page that waits for n seconds is seen once in n seconds: what all have waited, over the
        window, is how many pages there are.
        """
        waited = min(max(waited, SHORTEST), LONGEST)
        with self._lock:
            now = self._clock()
            self._polls.append((now, waited))
            self._waited += waited
            while self._polls[0][0] <= now - WINDOW_SECONDS:
                self._waited -= self._polls.popleft()[1]
            pages = self._waited / WINDOW_SECONDS
        # Whole seconds, so that a page that comes or goes changes nobody's interval.
        return min(max(float(math.ceil(pages / MOST)), SHORTEST), LONGEST)
