"""The page's HTML with its bundles in place of Gradio's first module and stylesheet."""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.languages import current
from lipsync_demo.ui.delivery.bundles import ENTRY, SHEET, Bundles

LOADER = Path(__file__).with_name("loader.js")


BODY = re.compile(r"<body\b[^>]*>")

KEPT = 16
"""Pages that are kept, of 0.3 MB each: one for each language and address."""

NAMING = ("x-forwarded-host", "x-forwarded-proto", "x-gradio-server")
"""Headers from which Gradio takes the address that it puts into the page."""

HEAD = "lipsync_demo.head"
"""Key in a request's scope of markup for the page's head that is for some readers only."""

SPECIAL = frozenset({"deep_link", "page"})
"""Names in an address's query for which Gradio makes another page."""


def rewritten(html: str, bundles: Bundles, head: str, first: str = "") -> str:
    """Gradio's page with `head` in its head, `first` at the top of its body, and the bundles.

    Gradio adds what `launch` calls a head with its script, long after the first picture.
    """
    html = BODY.sub(lambda tag: f"{tag[0]}{first}", html, count=1)
    entry, sheet = ENTRY.search(html), SHEET.search(html)
    own = f'<script defer src="./assets/{bundles.own.name}"></script>'
    style = f'<link rel="stylesheet" href="./assets/{bundles.style.name}">'
    if entry is None or sheet is None or entry[1] != bundles.entry:
        return html.replace("</head>", f"{style}{head}{own}</head>", 1)
    asked = {
        "entry": bundles.entry,
        "bundle": bundles.gradio.name,
        "modules": bundles.modules,
        "sheets": bundles.sheets,
    }
    loader = f"<script>{LOADER.read_text(encoding='utf-8').rstrip()}({json.dumps(asked)});</script>"
    # Gradio looks for a link to its stylesheet, and loads it if there is none.
    inert = f'<link rel="bundled" href="./assets/{sheet[1]}">'
    html = html.replace(entry[0], "", 1).replace(sheet[0], f"{style}{inert}", 1)
    return html.replace("</head>", f"{head}{own}{loader}</head>", 1)


class Document:
    """ASGI middleware around Gradio; `rewrite` gets the page's HTML and returns what is sent.

    Its second argument is the address that the request itself names, such as `http://host/`.

    Gradio describes all widgets anew for each visitor: 50 ms, and megabytes while many come at
    once. The page is the same for all who read one language at one address, so it is kept.
    """

    def __init__(self, app: ASGIApp, rewrite: Callable[[str, str], str]) -> None:
        self._app = app
        self._rewrite = rewrite
        self._kept: OrderedDict[Hashable, tuple[Message, Message]] = OrderedDict()
        self._making = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if SPECIAL & request.query_params.keys():
            await self._app(scope, receive, self._rewritten(request, send))
            return
        named = tuple(request.headers.get(name, "") for name in NAMING)
        key = (current(), str(request.url.replace(query="")), named, scope.get(HEAD, ""))
        if key not in self._kept:
            async with self._making:
                if key not in self._kept:
                    await self._app(scope, receive, self._rewritten(request, send, key))
                    return
        self._kept.move_to_end(key)
        start, body = self._kept[key]
        await send({**start, "headers": list(start["headers"])})
        await send(dict(body))

    def _rewritten(self, request: Request, send: Send, key: Hashable | None = None) -> Send:
        """Sends an answer, rewritten if it is the page, which is kept for `key`."""
        start: Message = {}
        html = bytearray()

        async def gathered(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                if not _is_html(start):
                    await send(message)
                return
            if not _is_html(start):
                await send(message)
                return
            html.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            whole = self._rewrite(html.decode(), str(request.base_url))
            further = request.scope.get(HEAD, "")
            body = whole.replace("</head>", f"{further}</head>", 1).encode()
            MutableHeaders(scope=start)["Content-Length"] = str(len(body))
            sent: Message = {"type": "http.response.body", "body": body}
            if key is not None and start["status"] == 200:
                self._kept[key] = {**start, "headers": list(start["headers"])}, sent
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
            await send(start)
            await send(dict(sent))

        return gathered


def _is_html(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type", "").startswith("text/html")
