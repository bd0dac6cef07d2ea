"""What stands around the whole app, put there as it starts.

Gradio adds middleware of its own around ours, and starts uvicorn itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from starlette.applications import Starlette

from lipsync_demo.api.mcp.refusals import RpcRefusals
from lipsync_demo.api.v1.refusals import Problems
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.crowding import PerAddress
from lipsync_demo.ui.http.half_requests import drop_half_requests
from lipsync_demo.ui.http.handles import UsedUp, raise_limit
from lipsync_demo.ui.http.origin import OwnOrigin


def rim(
    settings: Settings,
    connections: Callable[[], Iterable[Any]],
    begin: Callable[[Any], None] = lambda app: None,
    beside: Iterable[Callable[[], AbstractAsyncContextManager[None]]] = (),
) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """The app's lifespan; `connections` returns those of its server.

    `begin` is called with the app before it answers anything; what is `beside` it is open as long.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        # It exists by now: this very call came through it.
        inner = app.middleware_stack or app.build_middleware_stack()
        within = PerAddress(OwnOrigin(inner, settings), raise_limit())
        app.middleware_stack = Problems(RpcRefusals(within))
        asyncio.get_running_loop().set_exception_handler(UsedUp())
        begin(app)
        watch = asyncio.create_task(drop_half_requests(connections))
        try:
            async with AsyncExitStack() as opened:
                for neighbour in beside:
                    await opened.enter_async_context(neighbour())
                yield
        finally:
            watch.cancel()

    return lifespan


def connections_of(server: Any) -> Iterable[Any]:
    """The connections of a uvicorn server; none before it has started."""
    state = getattr(server, "server_state", None)
    found: Iterable[Any] = state.connections if state is not None else ()
    return found
