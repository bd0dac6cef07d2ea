"""Middleware in front of Gradio: opens the paths that the page uses, limits bodies, adds headers.

Gradio serves more than this page needs: an open proxy, saved sessions, recorded runs, a description
of all widgets.  Bodies are limited in size, and bodies with a remote file for Gradio to fetch are
refused, each in the reader's language.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from http import HTTPStatus
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.access.doors import GRADIO
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.errors import ApiError
from lipsync_demo.languages import LANGUAGES, speaking
from lipsync_demo.ui.frame.reader import language_of
from lipsync_demo.ui.http import words
from lipsync_demo.ui.http.bodies import Metered, Replay, TooLarge, TooSlow, read
from lipsync_demo.ui.http.precedence import Precedence

PREFIX = "/gradio_api"
"""Prefix of Gradio's API."""

UPLOAD = f"{PREFIX}/upload"
"""Path of uploads."""

USED = re.compile(
    rf"{PREFIX}/(?:"
    r"app_id|cancel|heartbeat/[^/]+|queue/data|queue/join|reset|run/predict|upload|upload_progress"
    r")/?"
)
"""Paths of Gradio's API that the page uses, beside files."""

FILE = f"{PREFIX}/file="
"""Prefix of the paths of files."""

STARTED = f"{PREFIX}/startup-events"
"""Path by which Gradio tells itself that it has started."""

SHUT = re.compile(
    r"/(?:config|docs|login|logout|monitoring|openapi\.json|pwa_icon|redoc|svelte"
    r"|static/ffmpeg)(?:[/-].*)?"
)
"""Gradio's paths beside its API that the page does not use."""

SIGN_IN = re.compile(r"/(?:login/(?:huggingface|callback)|logout)/?")
"""Those of them by which visitors sign in with Hugging Face, where they do."""

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
    """ASGI middleware around the whole app; `upload_bytes` is the maximum size of a file.

    `signs_in` says whether visitors sign in with Hugging Face; it speaks the `offered` languages.
    `knocks` says whether a request is for a door that is open to its sender, or asks for a token.
    """

    def __init__(
        self,
        app: ASGIApp,
        upload_bytes: int,
        signs_in: bool = False,
        offered: Collection[str] = LANGUAGES,
        knocks: Callable[[Scope], bool] = lambda scope: False,
    ) -> None:
        self._app = app
        self._offered = offered
        self._knocks = knocks
        self._signs_in = signs_in
        self._upload_limit = upload_bytes + FORM_SLACK
        self._started = False
        self._precedence = Precedence()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        with speaking(language_of(Headers(scope=scope), self._offered)):
            await self._guarded(scope, receive, send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        path = scope["path"]
        starting = path == STARTED and not self._started
        self._started = self._started or starting
        signing_in = self._signs_in and SIGN_IN.fullmatch(path) is not None
        if self._knocks(scope):
            path = f"{GRADIO}{path}"
            scope = {**scope, "path": path, "raw_path": path.encode()}
        if blocked(path) and not (starting or signing_in):
            await _refuse(404, words.NOT_FOUND)(scope, receive, send_with_headers)
        elif scope["method"] in ("POST", "PUT", "PATCH"):
            await self._with_body(scope, receive, send_with_headers)
        else:
            with self._precedence.asking():
                await self._app(scope, receive, send_with_headers)

    async def _with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        if is_program_upload(scope):
            metered = Metered(receive, self._upload_limit)
            parts = _explained(self._precedence.after_others(metered), self._upload_limit)
            await self._app(scope, parts, send)
            return
        upload = scope["path"].rstrip("/") in (UPLOAD, f"{GRADIO}{UPLOAD}")
        limit = self._upload_limit if upload else JSON_LIMIT
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdecimal() or int(declared) > limit:
            await _too_large(limit)(scope, receive, send)
            return
        try:
            if upload:
                metered = Metered(receive, limit)
                await self._app(scope, self._precedence.after_others(metered), send)
                return
            body = await read(receive, limit)
        except TooLarge:
            await _too_large(limit)(scope, receive, send)
            return
        except TooSlow:
            await _refuse(408, words.TOO_SLOW)(scope, receive, send)
            return
        if scope["path"].startswith(PREFIX) and names_remote_file(body):
            await _refuse(400, words.NOT_NAMED)(scope, receive, send)
            return
        with self._precedence.asking():
            await self._app(scope, Replay(body, receive), send)


def is_program_upload(scope: Scope) -> bool:
    """Whether a request brings bytes of a program's upload."""
    return scope["method"] in ("PUT", "PATCH") and scope["path"].startswith(f"{ROOT}/uploads/")


def _explained(receive: Receive, limit: int) -> Receive:
    """The parts of a program's upload: it is told by the app itself why the rest is not taken."""

    async def received() -> Message:
        try:
            return await receive()
        except TooLarge:
            said = str(words.too_large(limit // 1024))
            raise ApiError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, said) from None
        except TooSlow:
            raise ApiError(HTTPStatus.REQUEST_TIMEOUT, str(words.TOO_SLOW)) from None

    return received


def blocked(path: str) -> bool:
    """Whether a decoded path is one of Gradio's that the page does not use."""
    plain = re.sub(r"/+", "/", path)
    if plain.lower().startswith(PREFIX):
        if plain.startswith(FILE):
            return REMOTE.match(plain.removeprefix(FILE)) is not None
        return USED.fullmatch(plain) is None
    return SHUT.fullmatch(plain.lower()) is not None


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


def _too_large(limit: int) -> JSONResponse:
    return _refuse(413, words.too_large(limit // 1024))


def _refuse(status: int, message: str) -> JSONResponse:
    # The rest of a body that was refused is not read.
    closing = {"connection": "close"} if status in (408, 413) else None
    return JSONResponse({"code": status, "message": str(message)}, status, closing)
