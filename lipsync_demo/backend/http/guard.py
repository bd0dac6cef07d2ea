"""Middleware that checks the key and limits the size of bodies."""

from __future__ import annotations

import hmac
import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.backend.http import words
from lipsync_demo.backend.http.envelopes import ApiError, refusal

JSON_LIMIT_BYTES = 1 << 20
"""Maximum size of a JSON body."""

MULTIPART_ROOM_BYTES = 1 << 16
"""Bytes of a multipart body that are allowed beside its file."""

BINARY_UPLOAD_PATH = "/api/v3/media/upload/binary"
"""The path whose body is a multipart form."""

_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
"""Form of the Authorization header."""


class RequestGuard:
    """ASGI middleware: `/api` requires the bearer token; larger bodies are refused with 413."""

    def __init__(self, app: ASGIApp, token: str, upload_limit_bytes: int) -> None:
        self._app = app
        self._token = token.encode()
        self._upload_limit = upload_limit_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, headers = scope["path"], Headers(scope=scope)
        if _is_api(path) and not self._known(headers.get("authorization", "")):
            answer = refusal(401, words.KEY_WRONG)
            await answer(scope, receive, send)
            return
        limit = self._limit(path)
        declared = headers.get("content-length", "0")
        if declared.isdigit() and int(declared) > limit:
            await _too_long(limit)(scope, receive, send)
            return
        await self._capped(limit, scope, receive, send)

    def _known(self, header: str) -> bool:
        found = _BEARER.fullmatch(header)
        given = found.group(1) if found else ""
        return hmac.compare_digest(given.encode(), self._token)

    def _limit(self, path: str) -> int:
        if path == BINARY_UPLOAD_PATH:
            return self._upload_limit + MULTIPART_ROOM_BYTES
        return JSON_LIMIT_BYTES if _is_api(path) else self._upload_limit

    async def _capped(self, limit: int, scope: Scope, receive: Receive, send: Send) -> None:
        arrived = 0

        async def counted() -> Message:
            nonlocal arrived
            message = await receive()
            arrived += len(message.get("body", b""))
            if arrived > limit:
                raise ApiError(413, _sentence(limit))
            return message

        await self._app(scope, counted, send)


def _is_api(path: str) -> bool:
    return path == "/api" or path.startswith("/api/")


def _sentence(limit: int) -> str:
    return words.too_large(limit >> 10)


def _too_long(limit: int) -> ASGIApp:
    return refusal(413, _sentence(limit))
