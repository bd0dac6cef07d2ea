"""Whose look is next: addresses and senders take turns, and no sender has all places of a kind."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, NamedTuple, TypeVar

Item = TypeVar("Item")


class Behind(NamedTuple):
    """A visitor at an address that may be everybody's, such as a proxy's."""

    address: str
    visitor: str


class Turns(Generic[Item]):
    """A queue from which `places` workers take.

    One sender has at most all places but one, so that a look of another begins at once. Those
    `Behind` one address may have all, as there may be no other; where another waits, it is next.
    """

    def __init__(self, places: int) -> None:
        self._most = max(1, places - 1)
        self._waiting: OrderedDict[Hashable, deque[Item]] = OrderedDict()
        self._taken: Counter[Hashable] = Counter()
        self._served: dict[Hashable, int] = {}
        self._changed = threading.Condition()

    def put(self, sender: Hashable, item: Item) -> None:
        """Queue an item behind the sender's others."""
        with self._changed:
            self._waiting.setdefault(sender, deque()).append(item)
            self._changed.notify()

    def take(self) -> tuple[Hashable, Item]:
        """Return the next item and its sender; blocks until there is one. `done` ends its turn."""
        with self._changed:
            while (sender := self._next()) is _NOBODY:
                self._changed.wait()
            items = self._waiting[sender]
            item = items.popleft()
            if items:
                self._waiting.move_to_end(sender)
            else:
                del self._waiting[sender]
            self._taken[sender] += 1
            self._serve(sender)
            return sender, item

    def done(self, sender: Hashable) -> None:
        """Give back the place of an item that was taken."""
        with self._changed:
            self._taken[sender] -= 1
            if not self._taken[sender]:
                del self._taken[sender]
            self._changed.notify()

    def _next(self) -> Hashable:
        free = [sender for sender in self._waiting if self._taken[sender] < self._most]
        taken: Counter[Hashable] = Counter()
        for sender, count in self._taken.items():
            taken[_address(sender)] += count
        # Of equals the first in the queue.
        return min(
            free,
            key=lambda sender: (taken[_address(sender)], self._served.get(_address(sender), 0)),
            default=_NOBODY,
        )

    def _serve(self, sender: Hashable) -> None:
        """Note that an address had its turn, for as long as it has more to come."""
        latest = max(self._served.values(), default=0)
        here = {_address(one) for one in (*self._waiting, *self._taken)}
        self._served = {one: turn for one, turn in self._served.items() if one in here}
        self._served[_address(sender)] = latest + 1


def _address(sender: Hashable) -> Hashable:
    return sender.address if isinstance(sender, Behind) else sender


_NOBODY = object()
"""A sender that nobody is."""
