"""Knows which pages are open: each keeps one request open for as long."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.ui.http.guard import PREFIX

HEARTBEAT = re.compile(rf"{PREFIX}/heartbeat/([^/]+)/?")
"""Path of that request, with the name of the page's session."""


class Heartbeats:
    """ASGI middleware; `opened` keeps the session of a page meanwhile.

    It must stand inside the middleware that knows whose a session is.
    """

    def __init__(self, app: ASGIApp, opened: Callable[[str], AbstractContextManager[None]]) -> None:
        self._app = app
        self._opened = opened

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        found = HEARTBEAT.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        with self._opened(found[1]):
            await self._app(scope, receive, send)
