"""The reader's language of each request: the one chosen on the page, else the browser's."""

from __future__ import annotations

from collections.abc import Collection
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.languages import LANGUAGES, speaking
from lipsync_demo.ui.frame.reader import COOKIE, language_of

KEEP_SECONDS = 365 * 24 * 3600
"""Seconds a browser keeps that choice."""


class ReaderLanguage:
    """ASGI middleware that answers each request in the reader's language.

    `lang` in the query of `/` chooses another one for this browser.
    """

    def __init__(self, app: ASGIApp, offered: Collection[str] = LANGUAGES) -> None:
        self._app, self._offered = app, offered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        wanted = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [""])[0]
        chosen = wanted if scope["path"] == "/" and wanted in self._offered else ""
        language = chosen or language_of(Headers(scope=scope), self._offered)
        html = False

        async def send_told(message: Message) -> None:
            nonlocal html
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                html = headers.get("content-type", "").startswith("text/html")
                if html:
                    headers["Content-Language"] = language
                    headers.add_vary_header("Accept-Language, Cookie")
                if chosen:
                    headers.append(
                        "Set-Cookie",
                        f"{COOKIE}={chosen}; Path=/; Max-Age={KEEP_SECONDS}; SameSite=Lax",
                    )
            elif html and message.get("body"):
                # Gradio's page says that it is in English; a code has two letters everywhere.
                said = f'lang="{language}"'.encode()
                message = {**message, "body": message["body"].replace(b'lang="en"', said, 1)}
                html = False
            await send(message)

        with speaking(language):
            await self._app(scope, receive, send_told)
