"""Whose access code is tried next, where many are.

A code is checked with a slow hash, which keeps a core busy for anybody who sends wrong ones.  No
quick look can come before it: the lines that were handed out hold nothing but the slow hash, and a
quick one beside it would be what a stolen file of codes is searched by.

So few wait, and whoever has tried least goes first, of these the last to come: addresses that go on
trying wait behind one that is new.  Who would wait too long is told so at once.  Against somebody
with a new address for every try nothing helps here but to try again.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from lipsync_demo.ui.http.at_once import TooManyWaiting

WAITING, OF_ONE = 24, 6
"""Codes that may wait in all, some two seconds of hashes, and of one address."""

FORGOTTEN_SECONDS = 600.0
"""After so many seconds without a wrong code an address counts as new."""

REMEMBERED = 20_000
"""Addresses whose tries are remembered, those that tried last."""

RETRY_SECONDS = 5
"""After how many seconds whoever is refused is told to try again."""


@dataclass(eq=False)
class _Place:
    """A code that waits; of several the one with the smallest `rank` goes first."""

    address: str
    rank: tuple[int, int]
    turn: asyncio.Future[None] = field(default_factory=asyncio.Future)


class CodeTurns:
    """Turns of addresses; all of it is called in one event loop."""

    def __init__(self) -> None:
        self._waiting: list[_Place] = []
        self._busy = False
        self._came = 0
        self._tries: OrderedDict[str, tuple[int, float]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, address: str) -> AsyncIterator[None]:
        """Wait until no other code is checked, and keep it so for the block.

        Raises:
            TooManyWaiting: others go first, and too many of them.
        """
        await self._called(address)
        try:
            yield
        finally:
            self._next()

    def entered(self, address: str) -> None:
        """An address has sent a right code: its tries are forgotten."""
        self._tries.pop(address, None)

    async def _called(self, address: str) -> None:
        tries = self._tried(address)
        if not self._busy:
            self._busy = True
            return
        if sum(place.address == address for place in self._waiting) >= OF_ONE:
            raise TooManyWaiting
        self._came += 1
        mine = _Place(address, (tries, -self._came))
        self._waiting.append(mine)
        self._drop_gone()
        if len(self._waiting) > WAITING:
            last = max(self._waiting, key=lambda place: place.rank)
            self._waiting.remove(last)
            last.turn.set_exception(TooManyWaiting())
        try:
            await mine.turn
        except asyncio.CancelledError:
            if mine in self._waiting:
                self._waiting.remove(mine)
            elif not mine.turn.cancelled() and mine.turn.exception() is None:
                self._next()
            raise

    def _drop_gone(self) -> None:
        """Forget those whose request has ended, though they do not know it yet."""
        self._waiting = [place for place in self._waiting if not place.turn.done()]

    def _next(self) -> None:
        self._drop_gone()
        if not self._waiting:
            self._busy = False
            return
        first = min(self._waiting, key=lambda place: place.rank)
        self._waiting.remove(first)
        first.turn.set_result(None)

    def _tried(self, address: str) -> int:
        """Count a try, and return how many there were before."""
        now = asyncio.get_running_loop().time()
        count, moment = self._tries.pop(address, (0, now))
        count = count if now - moment < FORGOTTEN_SECONDS else 0
        self._tries[address] = count + 1, now
        if len(self._tries) > REMEMBERED:
            self._tries.popitem(last=False)
        return count
