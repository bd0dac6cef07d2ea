"""Middleware in front of Gradio: blocks paths and bodies, adds headers.

Gradio serves more than this page needs: an open proxy, saved sessions, recorded runs.  Their
paths are blocked, bodies are limited in size, and bodies with a remote file for Gradio to fetch
are refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.ui.http import words

BLOCKED = (
    "/file=http",
    "/file/http",
    "/deep_link",
    "/proxy=",
    "/runs",
    "/run-history",
    "/vibe",
    "/undo-vibe",
    "/process_recording",
    "/component_server",
    "/openapi.json",
    "/monitoring",
    "/static/ffmpeg",
)
"""Prefixes of Gradio's paths that are blocked."""

PREFIX = "/gradio_api"
"""Prefix of Gradio's API."""

UPLOAD = f"{PREFIX}/upload"
"""Path of uploads."""

JSON_LIMIT = 256 * 1024
"""Maximum size of a JSON body in bytes."""

FORM_SLACK = 10 * 1024 * 1024
"""Bytes of an upload form that are allowed beside its file."""

REMOTE = re.compile(r"\s*(?:https?|file|ftps?|data):", re.IGNORECASE)
"""URLs that Gradio would fetch."""

CONTENT_SECURITY = "; ".join(
    [
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob: data:",
        "font-src 'self' data:",
        "connect-src 'self' blob:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "frame-ancestors 'self' https://huggingface.co https://*.hf.space",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
}
"""Headers of every answer."""


class PageGuard:
    """ASGI middleware around the whole app; `upload_bytes` is the maximum size of a file."""

    def __init__(self, app: ASGIApp, upload_bytes: int) -> None:
        self._app = app
        self._upload_limit = upload_bytes + FORM_SLACK

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if blocked(scope["path"]):
            await _refuse(404, words.NOT_FOUND)(scope, receive, send_with_headers)
        elif scope["method"] in ("POST", "PUT", "PATCH"):
            await self._with_body(scope, receive, send_with_headers)
        else:
            await self._app(scope, receive, send_with_headers)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        upload = scope["path"].rstrip("/") == UPLOAD
        limit = self._upload_limit if upload else JSON_LIMIT
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        try:
            if upload:
                await self._app(scope, _Metered(receive, limit), send)
                return
            body = await _read(receive, limit)
        except _TooLarge:
            await _too_large(limit)(scope, receive, send)
            return
        if scope["path"].startswith(PREFIX) and names_remote_file(body):
            await _refuse(400, words.NOT_NAMED)(scope, receive, send)
            return
        await self._app(scope, _Replay(body, receive), send)


def blocked(path: str) -> bool:
    """Whether a decoded path is one of Gradio's that this page blocks."""
    inner = re.sub(r"/+", "/", path)
    inner = inner.removeprefix(PREFIX).lower()
    return inner.startswith(BLOCKED)


def names_remote_file(body: bytes) -> bool:
    """Whether a JSON body has a `path` that Gradio would fetch, or is nested too deeply."""
    try:
        value = json.loads(body)
    except RecursionError:
        return True
    except ValueError:
        return False
    return any(
        name == "path" and isinstance(text, str) and REMOTE.match(text)
        for name, text in _strings(value)
    )


def _strings(value: Any) -> Iterator[tuple[str, Any]]:
    pending = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, dict):
            yield from here.items()
            pending.extend(here.values())
        elif isinstance(here, list):
            pending.extend(here)


class _TooLarge(Exception):  # noqa: N818
    pass


async def _read(receive: Receive, limit: int) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > limit:
            raise _TooLarge
        if not message.get("more_body", False):
            return bytes(body)


class _Replay:
    """Replays a body that was read already, then continues with `receive`."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class _Metered:
    """Streams an upload and enforces the size limit, also without a declared length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise _TooLarge
        return message


def _too_large(limit: int) -> JSONResponse:
    return _refuse(413, words.too_large(limit // 1024))


def _refuse(status: int, message: str) -> JSONResponse:
    return JSONResponse({"code": status, "message": message}, status)
