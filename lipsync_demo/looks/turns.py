"""Whose look is next: senders take turns, and none has all places of a kind."""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict, deque
from collections.abc import Hashable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Turns(Generic[Item]):
    """A queue from which `places` workers take.

    One sender has at most all places but one, so that a look of another begins at once.
    """

    def __init__(self, places: int) -> None:
        self._most = max(1, places - 1)
        self._waiting: OrderedDict[Hashable, deque[Item]] = OrderedDict()
        self._taken: Counter[Hashable] = Counter()
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
            return sender, item

    def done(self, sender: Hashable) -> None:
        """Give back the place of an item that was taken."""
        with self._changed:
            self._taken[sender] -= 1
            if not self._taken[sender]:
                del self._taken[sender]
            self._changed.notify()

    def _next(self) -> Hashable:
        free = (sender for sender in self._waiting if self._taken[sender] < self._most)
        return next(free, _NOBODY)


_NOBODY = object()
"""A sender that nobody is."""
