"""How many requests of one sender may be answered at once; the others wait for their turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager

WAITING = 32
"""Requests of one sender that may wait; further ones are refused."""


class TooManyWaiting(Exception):  # noqa: N818
    """As many requests of one sender wait as may be."""


class AtOnce:
    """Room for requests, by the name of their sender."""

    def __init__(self) -> None:
        self._room: dict[str, asyncio.Semaphore] = {}
        self._inside: dict[str, int] = {}

    @asynccontextmanager
    async def room(self, senders: Iterable[tuple[str, int]]) -> AsyncIterator[None]:
        """Wait until each of these senders has room for a request, and keep it for the block.

        A sender is a name and the number of its requests that may be answered at once.

        Raises:
            TooManyWaiting: too many of one of them wait already.
        """
        async with AsyncExitStack() as stack:
            for name, most in senders:
                await stack.enter_async_context(self._one(name, most))
            yield

    @asynccontextmanager
    async def _one(self, name: str, most: int) -> AsyncIterator[None]:
        inside = self._inside.get(name, 0)
        if inside >= most + WAITING:
            raise TooManyWaiting
        self._inside[name] = inside + 1
        room = self._room.setdefault(name, asyncio.Semaphore(most))
        try:
            async with room:
                yield
        finally:
            self._inside[name] -= 1
            if not self._inside[name]:
                del self._inside[name], self._room[name]
