"""Refusals of the JSON API, all of one kind.

What refuses a request before it comes to the API, or after, speaks to browsers; whoever asks there
is told the same as problem details.
"""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.problem import MEDIA_TYPE, problem


def is_here(scope: Scope) -> bool:
    """Whether a request is for the JSON API."""
    path: str = scope.get("path", "")
    return scope["type"] == "http" and (path == ROOT or path.startswith(f"{ROOT}/"))


class Problems:
    """ASGI middleware around everything: a refusal of this API is always problem details."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not is_here(scope):
            await self._app(scope, receive, send)
            return
        held: Message | None = None
        body = bytearray()

        async def told(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_other_refusal(message):
                held = message
                return
            if held is None:
                await send(message)
                return
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                await _as_problem(held, bytes(body))(scope, receive, send)

        await self._app(scope, receive, told)


def _is_other_refusal(start: Message) -> bool:
    kind = MutableHeaders(scope=start).get("content-type", "")
    refused: bool = start["status"] >= HTTPStatus.BAD_REQUEST
    return refused and not kind.startswith(MEDIA_TYPE)


def _as_problem(start: Message, body: bytes) -> ASGIApp:
    headers = MutableHeaders(scope=start)
    for name in ("content-type", "content-length"):
        if name in headers:
            del headers[name]
    status = HTTPStatus(start["status"])
    return problem(status, _said(body) or status.phrase, "", dict(headers.items()))


def _said(body: bytes) -> str:
    """What a refusal says; "" for nothing."""
    try:
        told: Any = json.loads(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")[:500].strip()
    if not isinstance(told, dict):
        return ""
    said = told.get("message") or told.get("detail")
    return said if isinstance(said, str) else ""
