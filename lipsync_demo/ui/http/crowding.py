"""Requests of one address that may be open at once, so that it does not take everybody's."""

from __future__ import annotations

import ipaddress
from collections import Counter

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.ui.http import words

MOST = 512
"""Requests of one address that may be open; a page at rest has two, and an office one address."""

PART = 4
"""No address has more than one of so many of the connections that the system allows."""

RETRY_SECONDS = 10
"""After how many seconds whoever is refused is told to ask again."""


class PerAddress:
    """ASGI middleware that refuses what exceeds an address's part of `connections`."""

    def __init__(self, app: ASGIApp, connections: int) -> None:
        self._app = app
        self._most = min(MOST, connections // PART)
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        client = scope.get("client")
        name = network(client[0]) if scope["type"] == "http" and client is not None else None
        if name is None:
            await self._app(scope, receive, send)
            return
        if self._open[name] >= self._most:
            told = {"code": 503, "message": str(words.CROWDED)}
            closing = {"connection": "close", "retry-after": str(RETRY_SECONDS)}
            await JSONResponse(told, 503, closing)(scope, receive, send)
            return
        self._open[name] += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._open[name] -= 1
            if not self._open[name]:
                del self._open[name]


def network(host: str) -> str | None:
    """An address, of IPv6 its network, as one has many; None for what is none."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    bits = 64 if address.version == 6 else 32
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
