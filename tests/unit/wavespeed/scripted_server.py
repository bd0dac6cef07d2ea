"""A real HTTP server on loopback that answers each route from a script.

    server.on("GET", "/api/v3/balance", Reply.data({"balance": 1}), Drop())

Each request to a route takes its next act; the last act stays.
"""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme


@dataclass(frozen=True)
class Request:
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    peer: tuple[str, int]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """A whole, well-formed answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, body: Any, status: int = 200, **headers: str) -> Reply:
        kept = {name.replace("_", "-"): value for name, value in headers.items()}
        return cls(status, json.dumps(body).encode(), {"Content-Type": "application/json", **kept})

    @classmethod
    def data(cls, data: Any, status: int = 200, code: int | None = None) -> Reply:
        """An envelope."""
        return cls.json({"code": code or status, "message": "success", "data": data}, status)

    @classmethod
    def error(cls, status: int, message: str = "", **headers: str) -> Reply:
        return cls.json({"code": status, "message": message, "data": None}, status, **headers)

    @classmethod
    def html(cls, status: int) -> Reply:
        page = b"<html><head><title>Bad gateway</title></head></html>"
        return cls(status, page, {"Content-Type": "text/html"})

    def play(self, handler: Handler) -> None:
        handler.send_response(self.status)
        for name, value in {"Content-Length": str(len(self.body)), **self.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(self.body)


class Drop:
    """Reads the whole request, then resets the connection."""

    def play(self, handler: Handler) -> None:
        handler.reset()


@dataclass(frozen=True)
class CutShort:
    """Announces the whole body and sends only its first half."""

    body: bytes
    chunked: bool = False

    def play(self, handler: Handler) -> None:
        half = self.body[: len(self.body) // 2]
        handler.send_response(200)
        if self.chunked:
            handler.send_header("Transfer-Encoding", "chunked")
            half = b"%x\r\n%s\r\n" % (len(half), half)
        else:
            handler.send_header("Content-Length", str(len(self.body)))
        handler.end_headers()
        handler.wfile.write(half)
        handler.close_connection = True


class Silence:
    """Reads the whole request and answers nothing until the client or the test has ended."""

    def play(self, handler: Handler) -> None:
        handler.server.script.released.wait(60)
        handler.close_connection = True


@dataclass(frozen=True)
class Dribble:
    """Sends the body a byte at a time, `pause` seconds apart."""

    body: bytes
    pause: float = 0.02

    def play(self, handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(self.body)))
        handler.end_headers()
        for byte in self.body:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if handler.server.script.released.wait(self.pause):
                break
        handler.close_connection = True


@dataclass(frozen=True)
class EndlessRedirect:
    """Redirects, then sends a body for as long as the client reads."""

    location: str

    def play(self, handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", self.location)
        handler.end_headers()
        handler.wfile.flush()
        while not handler.server.script.released.wait(0.01):
            handler.wfile.write(b"more")
            handler.wfile.flush()
        handler.close_connection = True


Act = Reply | Drop | CutShort | Silence | Dribble | EndlessRedirect


class Script:
    """The server's scripted answers and the requests it got."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.requests: list[Request] = []
        self.released = threading.Event()
        self._acts: dict[tuple[str, str], list[Act]] = {}
        self._lock = threading.Lock()

    def on(self, method: str, path: str, *acts: Act) -> None:
        """Answer requests to a path (without its query) by these acts, in order."""
        self._acts[method, path] = list(acts)

    def asked(self, method: str | None = None, path: str | None = None) -> list[Request]:
        return [
            r
            for r in self.requests
            if method in {None, r.method} and path in {None, r.path.split("?")[0]}
        ]

    def next(self, request: Request) -> Act:
        with self._lock:
            self.requests.append(request)
            acts = self._acts.get((request.method, request.path.split("?")[0]))
            if not acts:
                return Reply.error(404, "no such route")
            return acts.pop(0) if len(acts) > 1 else acts[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    script: Script

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Ignore disconnected clients."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
            self.client_address,
        )
        self.server.script.next(request).play(self)

    do_GET = do_POST = do_PUT = do_DELETE = _serve  # noqa: N815

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are in the script's list."""


@contextmanager
def scripted_server(
    certificate: trustme.LeafCert | None = None, host: str = "127.0.0.1"
) -> Iterator[Script]:
    """A running server; with a certificate it speaks TLS."""
    server = _Server((host, 0), Handler)
    scheme = "http"
    if certificate is not None:
        scheme = "https"
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        # The handshake is left to each connection's own thread.
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    server.script = Script(f"{scheme}://{host}:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.script
    finally:
        server.script.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
