"""The outermost middleware of a server with fault switches: corrupts whole HTTP answers."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from lipsync_demo.backend.faults.effects import Fault, Mishap, Place, Refusal
from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.settings import MODEL_ID

_SLOW_PIECES = 20
"""Pieces of a slow body."""

_SLOW_SECONDS = 2.0
"""Seconds that a slow body takes."""

_WEB_PAGE = b"<html><body>Please wait.</body></html>"
"""Body sent instead of JSON."""


class Connections:
    """The open connections by client address, so that one can be cut."""

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], asyncio.Transport] = {}

    def protocol(self) -> type[asyncio.Protocol]:
        """A protocol class for uvicorn that maintains this list."""
        known = self._open

        class Listed(H11Protocol):
            def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
                known[transport.get_extra_info("peername")[:2]] = transport
                super().connection_made(transport)

            def connection_lost(self, exc: Exception | None) -> None:
                known.pop(self.transport.get_extra_info("peername")[:2], None)
                super().connection_lost(exc)

        return Listed

    def cut(self, client: tuple[str, int], *, reset: bool) -> None:
        """Close a connection; with `reset` by RST instead of FIN."""
        transport = self._open[client]
        if reset:
            at_once = struct.pack("ii", 1, 0)
            sock = transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
            transport.abort()
        else:
            transport.close()


class FaultLayer:
    """ASGI middleware that applies the switches to requests until their counts are used up."""

    def __init__(self, app: ASGIApp, faults: Faults, connections: Connections) -> None:
        self._app = app
        self._faults = faults
        self._connections = connections

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        places = _places(scope["method"], scope["path"]) if scope["type"] == "http" else ()
        fault = self._faults.take(*places) if places else None
        if fault is None:
            await self._app(scope, receive, send)
        elif isinstance(fault.effect, Refusal):
            await _drain(receive)
            await _refuse(fault.effect, send)
        else:
            await self._spoil(fault, scope, receive, send)

    async def _spoil(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        answer = _Recorder()
        await self._app(scope, receive, answer.take)
        head, body = answer.head, bytes(answer.body)
        headers = MutableHeaders(raw=head["headers"])
        effect = fault.effect
        if effect is Mishap.NOT_JSON:
            body = _WEB_PAGE
            headers["content-type"] = "text/html"
        elif effect is Mishap.NO_ID:
            body = body.replace(b'"id":', b'"task":', 1)
        if effect in (Mishap.NOT_JSON, Mishap.NO_ID):
            headers["content-length"] = str(len(body))
            await send(head)
            await send({"type": "http.response.body", "body": body})
        elif effect is Mishap.SLOW:
            await send(head)
            await _slowly(body, send)
        else:
            await self._cut(effect, head, body, scope, send)

    async def _cut(
        self, effect: object, head: Message, body: bytes, scope: Scope, send: Send
    ) -> None:
        if effect is not Mishap.DROPPED:
            if effect is Mishap.TRUNCATED:
                del MutableHeaders(raw=head["headers"])["content-length"]
            await send(head)
            half = body[: len(body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        self._connections.cut(tuple(scope["client"]), reset=effect is Mishap.RESET)
        # uvicorn notices the cut in the next iteration of the event loop and logs errors before.
        await asyncio.sleep(0.05)


class _Recorder:
    def __init__(self) -> None:
        self.head: Message = {}
        self.body = bytearray()

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.head = dict(message, headers=list(message.get("headers", [])))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


def _places(method: str, path: str) -> tuple[Place, ...]:
    if path.startswith("/outputs/"):
        return (Place.OUTPUT,)
    if path.startswith("/tickets/"):
        return (Place.PUT,)
    if not path.startswith("/api/"):
        return ()
    if path == "/api/v3/media/uploads":
        return (Place.TICKET, Place.UPLOAD, Place.API)
    if path == "/api/v3/media/upload/binary":
        return (Place.UPLOAD, Place.API)
    if method == "POST" and path == f"/api/v3/{MODEL_ID}":
        return (Place.SUBMIT, Place.API)
    return (Place.READ, Place.API) if method == "GET" else (Place.API,)


async def _drain(receive: Receive) -> None:
    """Read the request's body, so that the client can read the answer."""
    more = True
    while more:
        message = await receive()
        more = message.get("more_body", False)


async def _refuse(effect: Refusal, send: Send) -> None:
    headers: list[tuple[str, Any]] = [
        ("content-type", effect.media_type),
        ("content-length", str(len(effect.body))),
        *effect.headers,
    ]
    encoded = [(name.encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": effect.status, "headers": encoded})
    await send({"type": "http.response.body", "body": effect.body})


async def _slowly(body: bytes, send: Send) -> None:
    size = max(1, -(-len(body) // _SLOW_PIECES))
    for start in range(0, len(body), size):
        await asyncio.sleep(_SLOW_SECONDS / _SLOW_PIECES)
        piece = body[start : start + size]
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
