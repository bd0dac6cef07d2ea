"""Refusals at a door, all told in its own way.

What refuses a request before it comes to a door, or after, speaks to browsers.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Refusals:
    """ASGI middleware around everything; a door says which requests are its, and how it refuses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def is_here(self, scope: Scope) -> bool:
        """Whether a request is for this door."""
        raise NotImplementedError

    def is_other(self, start: Message) -> bool:
        """Whether a refusal that begins so may be one of another kind."""
        raise NotImplementedError

    def told(self, start: Message, body: bytes) -> ASGIApp:
        """A refusal as this door tells it."""
        raise NotImplementedError

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.is_here(scope):
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = bytearray()

        async def told(message: Message) -> None:
            nonlocal held
            starts = message["type"] == "http.response.start"
            if starts and message["status"] >= HTTPStatus.BAD_REQUEST and self.is_other(message):
                held = message
                return
            if held is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await self.told(held, bytes(body))(scope, receive, send)

        await self._app(scope, receive, told)


def further_headers(start: Message) -> dict[str, str]:
    """The headers of a refusal but those of its body."""
    headers = MutableHeaders(scope=start)
    for name in ("content-type", "content-length"):
        if name in headers:
            del headers[name]
    return dict(headers.items())


def said(body: bytes) -> str:
    """What a refusal says; "" for nothing."""
    told = parsed(body)
    if told is None:
        return body.decode("utf-8", "replace")[:500].strip()
    message = told.get("message") or told.get("detail")
    parts = (message, told.get("hint"))
    return " ".join(part for part in parts if isinstance(part, str))


def parsed(body: bytes) -> dict[str, Any] | None:
    """The object that a body is as JSON, empty for another value; None if it is no JSON."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else {}
