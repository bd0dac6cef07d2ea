"""Refuses the answers of events to whoever has sent none.

Gradio begins such an answer and only then finds that there is nothing to wait for, which is an
error in the log for each request.
"""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.ui.http import words
from lipsync_demo.ui.http.guard import PREFIX

STREAM = f"{PREFIX}/queue/data"
"""Path of the answers of a session's events."""


class Streams:
    """ASGI middleware; `waits` says whether a Gradio session has sent an event."""

    def __init__(self, app: ASGIApp, waits: Callable[[str], bool]) -> None:
        self._app = app
        self._waits = waits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].rstrip("/") == STREAM:
            session = QueryParams(scope["query_string"]).get("session_hash", "")
            if not self._waits(session):
                refusal = {"code": 404, "message": str(words.NOT_FOUND)}
                await JSONResponse(refusal, 404)(scope, receive, send)
                return
        await self._app(scope, receive, send)
