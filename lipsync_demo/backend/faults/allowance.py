"""An account's limit as the local backend plays it: so many submits in a window, no more."""

from __future__ import annotations

import logging
from math import ceil

from lipsync_demo.backend.faults.effects import Allowance, Refusal, refuse

log = logging.getLogger(__name__)

BUSY = "Too many requests, please try again later."


class Meter:
    """Counts the submits of a window, which begins with the first after the one before."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._began = float("-inf")
        self._taken = self._refused = 0

    def over(self, now: float) -> Refusal | None:
        """None when a submit at `now` (seconds that never go back) is taken, else the refusal."""
        allowance = self.allowance
        if now - self._began >= allowance.seconds:
            self._began, self._taken, self._refused = now, 0, 0
        if self._taken < allowance.submits:
            self._taken += 1
            log.info("Submit %d of %d in this window is taken", self._taken, allowance.submits)
            return None
        self._refused += 1
        wait = self._began + allowance.seconds - now
        log.info("Submit refused, no. %d of this window; the next in %.1f s", self._refused, wait)
        headers = [("retry-after", str(ceil(wait)))] if allowance.told else []
        return refuse(429, BUSY, None, *headers)


def written(usual: Allowance, spec: str) -> Allowance:
    """The allowance that `NAME:SUBMITS/SECONDS` or `NAME:SUBMITS/SECONDS/AT_ONCE` names.

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
    return Allowance(numbers[0], numbers[1], at_once, usual.told)


def positive(text: str) -> bool:
    """Whether the text is a positive whole number in plain digits."""
    return text.isascii() and text.isdigit() and int(text) > 0
