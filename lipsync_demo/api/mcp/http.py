"""`/mcp`: the protocol over streamable HTTP, in the app's own event loop.

`mcp` is loaded at the first request, in a thread.  Who may come in is decided before, by the gate.
"""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from anyio import to_thread
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from lipsync_demo.access.asker import asker
from lipsync_demo.api.mcp import words
from lipsync_demo.api.mcp.openings import Openings, opens
from lipsync_demo.api.problem import problem

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

    from lipsync_demo.runs.workspace import Workspace
    from lipsync_demo.settings import Settings

PATH: Final = "/mcp"

CLOSE: Final = {"connection": "close"}

IDLE_SECONDS = 600.0
"""Seconds after which a session that nobody uses is forgotten; clients open another."""

GRACE_SECONDS = 2.0
"""Seconds for calls under way when the app ends."""

MOST_SESSIONS = 2_000
"""Sessions at once, of all tokens."""


class McpDoor:
    """The ASGI app at `/mcp`."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._settings = settings
        self._workspace = workspace
        self._closing = threading.Event()
        self._over: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ready: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._serving: asyncio.Task[None] | None = None
        self._calls = 0
        self._openings = Openings(IDLE_SECONDS)

    @property
    def route(self) -> Route:
        """Where the app answers it."""
        return Route(PATH, self)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Serve inside the block, in the event loop of the app."""
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        try:
            yield
        finally:
            self.close()
            self._over.set()
            if self._serving is not None:
                await asyncio.wait([self._serving])

    def close(self) -> None:
        """End all sessions and streams; for any thread.

        The app's server waits for its open streams before it ends the lifespan.
        """
        self._closing.set()
        if self._loop is not None and self._over is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._over.set)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._over is None or self._closing.is_set():
            refusal = problem(HTTPStatus.SERVICE_UNAVAILABLE, words.ENDING, headers=CLOSE)
            await refusal(scope, receive, send)
            return
        by = asker()
        owner = (by.owner if by is not None else None) or ""
        if opens(scope) and self._openings.full(owner):
            refusal = problem(HTTPStatus.TOO_MANY_REQUESTS, words.SESSIONS, words.SESSIONS_HINT)
            await refusal(scope, receive, send)
            return
        manager = await self._manager()
        send = self._openings.watched(owner, scope, send)
        calls = scope["method"] == "POST"
        self._calls += calls
        try:
            await manager.handle_request({**scope, "user": _user(owner)}, receive, send)
        finally:
            self._calls -= calls

    async def _manager(self) -> StreamableHTTPSessionManager:
        if self._ready is None:
            loop = asyncio.get_running_loop()
            self._ready = loop.create_future()
            # Not in the context of whoever happens to come first.
            self._serving = contextvars.Context().run(loop.create_task, self._serve(self._ready))
        return await asyncio.shield(self._ready)

    async def _serve(self, opened: asyncio.Future[StreamableHTTPSessionManager]) -> None:
        assert self._over is not None  # noqa: S101
        try:
            manager = await to_thread.run_sync(self._managed)
            async with manager.run():
                opened.set_result(manager)
                await self._over.wait()
                await self._answered()
        except Exception as error:
            if opened.done():
                raise
            opened.set_exception(error)
            self._ready = None  # whoever asks next tries again

    async def _answered(self) -> None:
        """Let calls end that wait for something, which they do as the app is closing."""
        ends = time.monotonic() + GRACE_SECONDS
        while self._calls and time.monotonic() < ends:
            await asyncio.sleep(0.02)

    def _made(self) -> MCPServer[Any]:
        from lipsync_demo.api.actions import Actions
        from lipsync_demo.api.mcp.desk import Desk
        from lipsync_demo.api.mcp.server import Server

        return Server(
            Desk(
                settings=self._settings,
                workspace=self._workspace,
                actions=Actions(self._settings, self._workspace),
                here=False,
                closing=self._closing,
            )
        )

    def _managed(self) -> StreamableHTTPSessionManager:
        from mcp.server.transport_security import TransportSecuritySettings

        server = self._made()
        server.streamable_http_app(
            session_idle_timeout=IDLE_SECONDS,
            max_sessions=MOST_SESSIONS,
            # The app knows its own names and origins, and has looked at them by now.
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
        )
        return server.session_manager


def _user(owner: str) -> Any:
    """Who asks, in the form by which a session knows its owner; to all others it is not there."""
    from mcp.server.auth.middleware.bearer_auth import AuthenticatedUser
    from mcp.server.auth.provider import AccessToken

    return AuthenticatedUser(AccessToken(token="", client_id=owner, scopes=[]))
