"""How much of a bucket for all each address may take, so that none is left without.

An address may have taken at most a part of what is left to all.  Those who take what they can are
left less each the more they are, and somebody who has taken nothing finds something there; a fixed
part would be nobody's once as many addresses took theirs.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

PART = 0.5
"""What an address has taken is at most this part of what is left."""


class Shares:
    """What addresses have taken of one bucket, which holds `most` and is full after `seconds`.

    What was taken is forgotten by the same part each second, so that all of it stays the sum of
    everybody's: at a fixed pace for each, many addresses would be forgiven more than comes back.
    `kept` addresses are remembered, those that took last.
    """

    def __init__(self, most: float, seconds: float, kept: int, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._kept = most, seconds, kept
        self._clock = clock
        self._taken: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._all = (0.0, 0.0)

    def wait(self, address: str) -> float:
        """Seconds until the address may take one."""
        mine, everybody = self._left_of(self._taken.get(address)), self._left_of(self._all)
        over = (mine + PART * everybody) / (PART * self._most)
        return self._seconds * math.log(over) if over > 1 else 0.0

    def take(self, address: str) -> None:
        """Count one."""
        now = self._clock()
        self._taken[address] = self._left_of(self._taken.pop(address, None)) + 1, now
        self._all = self._left_of(self._all) + 1, now
        if len(self._taken) > self._kept:
            self._taken.popitem(last=False)

    def _left_of(self, taken: tuple[float, float] | None) -> float:
        """What is still counted of what was taken up to a moment."""
        count, moment = taken or (0.0, 0.0)
        return count * math.exp((moment - self._clock()) / self._seconds) if count else 0.0
