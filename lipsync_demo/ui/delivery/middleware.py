"""Middleware that compresses the page and its events, and says what browsers may keep."""

from __future__ import annotations

import re

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.ui.delivery.bundles import FOREVER

HASHED = re.compile(r"/assets/[^/]+-[\w-]{8}\.\w+|/theme\.css")
"""Paths of Gradio's files that change their address with their content."""

EVENTS = "/gradio_api/run/"
"""Path of events that are answered at once; neither media nor streams are below it."""

SMALL_BYTES = 1000
"""Bytes of an answer not worth compressing."""


class Delivery:
    """ASGI middleware around the app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        # Only for answers without ranges and streams, which a compressed one would not have.
        self._compressed = GZipMiddleware(app, minimum_size=SMALL_BYTES, compresslevel=6)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        if path == "/" or path.startswith(EVENTS):
            await self._compressed(scope, receive, send)
        elif HASHED.fullmatch(path):
            await self._app(scope, receive, _kept(send))
        else:
            await self._app(scope, receive, send)


def _kept(send: Send) -> Send:
    """Sends an answer with the leave to keep it, if it is the file."""

    async def told(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] == 200:
            MutableHeaders(scope=message).setdefault("Cache-Control", FOREVER)
        await send(message)

    return told
