"""Work for programs, in threads that the page does not need."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread

THREADS = 24
"""Requests of all programs that compute or wait for a disk at once."""

T = TypeVar("T")

_threads: CapacityLimiter | None = None


async def at_work(act: Callable[..., T], *given: Any, **named: Any) -> T:
    """What `act` returns, run in a thread with this context."""
    global _threads
    if _threads is None:
        _threads = CapacityLimiter(THREADS)
    return await to_thread.run_sync(partial(act, *given, **named), limiter=_threads)
