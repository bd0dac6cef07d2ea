"""Connections whose request never comes whole.

uvicorn closes a connection that is idle after an answer, and waits for ever for the rest of a
request's head.  A few thousand of them would leave nobody else a connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

HEAD_SECONDS = 10.0
"""Seconds for which a connection may be without a request, or with a part of one."""

LOOK_SECONDS = 1.0
"""Seconds between two looks at the connections."""


async def drop_half_requests(
    connections: Callable[[], Iterable[Any]],
    *,
    head_seconds: float = HEAD_SECONDS,
    look_seconds: float = LOOK_SECONDS,
) -> None:
    """Close connections without a whole request head, until cancelled.

    `connections` returns uvicorn's connections; it is called in their event loop.
    """
    waiting: dict[Any, tuple[int, float]] = {}
    while True:
        await asyncio.sleep(look_seconds)
        now = asyncio.get_running_loop().time()
        before, waiting = waiting, {}
        for connection in list(connections()):
            request = getattr(connection, "cycle", None)
            if request is not None and not request.response_complete:
                continue
            last, since = before.get(connection, (id(request), now))
            if last != id(request):
                since = now
            if now - since < head_seconds:
                waiting[connection] = id(request), since
                continue
            with suppress(AttributeError, RuntimeError):  # it has just gone
                connection.transport.abort()
