"""Work for programs, in threads that the page does not need, and of which nobody takes all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar

from lipsync_demo.access.asker import asker

THREADS = 24
"""Requests of all programs that compute or wait for a disk at once."""

SHARE = 8
"""How many of these are of one program."""

T = TypeVar("T")


@dataclass
class _Threads:
    """The threads of one event loop, and whoever uses them."""

    limiter: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(THREADS))
    shares: dict[str, asyncio.Semaphore] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)

    @asynccontextmanager
    async def share(self, name: str) -> AsyncIterator[None]:
        """Wait until a program uses less than its share."""
        self.users[name] = self.users.get(name, 0) + 1
        try:
            async with self.shares.setdefault(name, asyncio.Semaphore(SHARE)):
                yield
        finally:
            self.users[name] -= 1
            if not self.users[name]:
                del self.users[name], self.shares[name]


_threads: RunVar[_Threads] = RunVar("threads of programs")


async def at_work(act: Callable[..., T], *given: Any, **named: Any) -> T:
    """What `act` returns, run in a thread with this context."""
    try:
        threads = _threads.get()
    except LookupError:
        threads = _Threads()
        _threads.set(threads)
    by = asker()
    async with threads.share((by.owner or by.origin or "") if by else ""):
        return await to_thread.run_sync(partial(act, *given, **named), limiter=threads.limiter)
