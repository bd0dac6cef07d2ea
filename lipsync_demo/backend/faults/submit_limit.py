"""Simulates an account's rate limit: a number of submits per time window."""

from __future__ import annotations

import logging
from math import ceil

from lipsync_demo.backend.faults import words
from lipsync_demo.backend.faults.effects import Refusal, SubmitLimit, refuse

log = logging.getLogger(__name__)


class Meter:
    """Counts submits per window; a window starts with the first submit after the last one."""

    def __init__(self, limit: SubmitLimit) -> None:
        self.limit = limit
        self._began = float("-inf")
        self._taken = self._refused = 0

    def over(self, now: float) -> Refusal | None:
        """None if a submit at `now` (monotonic seconds) is accepted, else the 429."""
        limit = self.limit
        if now - self._began >= limit.seconds:
            self._began, self._taken, self._refused = now, 0, 0
        if self._taken < limit.submits:
            self._taken += 1
            log.info("Submit %d of %d in this window is accepted", self._taken, limit.submits)
            return None
        self._refused += 1
        wait = self._began + limit.seconds - now
        log.info("Submit refused, no. %d of this window; the next in %.1f s", self._refused, wait)
        headers = [("retry-after", str(ceil(wait)))] if limit.told else []
        return refuse(429, words.BUSY, None, *headers)


def written(usual: SubmitLimit, spec: str) -> SubmitLimit:
    """Parse `NAME:SUBMITS/SECONDS` or `NAME:SUBMITS/SECONDS/AT_ONCE`.

    Raises:
        ValueError: the numbers are not of this form.
    """
    parts = spec.partition(":")[2].split("/")
    if len(parts) not in (2, 3) or not all(map(positive, parts)):
        raise ValueError(
            f"{spec!r} is not of the form NAME:SUBMITS/SECONDS or NAME:SUBMITS/SECONDS/AT_ONCE "
            "with positive numbers."
        )
    numbers = [int(part) for part in parts]
    at_once = numbers[2] if len(numbers) == 3 else usual.at_once
    return SubmitLimit(numbers[0], numbers[1], at_once, usual.told)


def positive(text: str) -> bool:
    """Whether the text is a positive integer in ASCII digits."""
    return text.isascii() and text.isdigit() and int(text) > 0
