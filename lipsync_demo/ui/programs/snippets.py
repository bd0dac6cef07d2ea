"""The code that the documentation shows to copy, as it works here.

Gradio writes it for an app whose uploads are beside its page's, and shows npm's client files as
the objects that it makes of them.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.access.doors import GRADIO as DOOR
from lipsync_demo.ui.http.guard import PREFIX, UPLOAD

INFO = f"{PREFIX}/info"
"""Path of the description of the endpoints."""

_FILE = re.compile(r'\{"path": ("[^"]*"), "url": "[^"]*", "meta": \{[^}]*\}\}')
_IMPORT = "import { Client }"


class Snippets:
    """ASGI middleware that mends the code in Gradio's description of the endpoints."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].rstrip("/") != INFO:
            await self._app(scope, receive, send)
            return
        plain = [one for one in scope["headers"] if one[0] != b"accept-encoding"]
        start: Message = {}
        body = bytearray()

        async def gathered(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
                return
            body.extend(message.get("body", b""))
            if message.get("more_body"):
                return
            told = mended(bytes(body)) if start["status"] == 200 else bytes(body)
            MutableHeaders(scope=start)["Content-Length"] = str(len(told))
            await send(start)
            await send({"type": "http.response.body", "body": told})

        await self._app({**scope, "headers": plain}, receive, gathered)


def mended(told: bytes) -> bytes:
    """A description with code that works."""
    info: dict[str, Any] = json.loads(told)
    for endpoint in info["named_endpoints"].values():
        code = endpoint["code_snippets"]
        code["bash"] = code["bash"].replace(UPLOAD, f"{DOOR}{UPLOAD}")
        code["javascript"], files = _FILE.subn(r"handle_file(\1)", code["javascript"])
        if files:
            imported = "import { Client, handle_file }"
            code["javascript"] = code["javascript"].replace(_IMPORT, imported, 1)
    return json.dumps(info).encode()
