"""Connections without a whole request are dropped, and no others."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import half_requests, rim
from lipsync_demo.ui.http.rim import connections_of

PATIENCE = 60.0
MANY = 200


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A server whose slow answer takes until its connection has been waited for."""
    slow = threading.Event()

    def answer(request: Request) -> Response:
        if request.url.path == "/slow":
            slow.wait(PATIENCE)
        return PlainTextResponse("whole")

    def release(request: Request) -> Response:
        slow.set()
        return PlainTextResponse("released")

    defaults = {"head_seconds": 1.0, "look_seconds": 0.05}
    monkeypatch.setattr(half_requests.drop_half_requests, "__kwdefaults__", defaults)
    servers: list[uvicorn.Server] = []
    life = rim.rim(Settings(), lambda: connections_of(servers[0] if servers else None))
    routes = [Route("/release", release), Route("/{path:path}", answer, methods=["GET", "POST"])]
    app = Starlette(routes=routes, lifespan=life)
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        config = uvicorn.Config(app, log_level="critical", timeout_keep_alive=600)
        server = uvicorn.Server(config)
        servers.append(server)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield listening.getsockname()[1]
        slow.set()
        server.should_exit = True
        thread.join(PATIENCE)


def begun(port: int, text: bytes) -> socket.socket:
    made = socket.create_connection(("127.0.0.1", port), PATIENCE)
    made.sendall(text)
    return made


def ended(connection: socket.socket) -> bool:
    """Whether the server has closed a connection without an answer."""
    with closing(connection):
        try:
            return connection.recv(100) == b""
        except ConnectionResetError:
            return True


def test_half_a_head_is_not_waited_for(port: int) -> None:
    half = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow:"
    waiting = [begun(port, half if number % 2 else b"") for number in range(MANY)]
    assert all(map(ended, waiting))


def test_half_a_head_after_an_answer_is_not_waited_for_either(port: int) -> None:
    whole = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    connection = begun(port, whole)
    answer = b""
    while not answer.endswith(b"whole"):
        answer += connection.recv(1000)
    connection.sendall(b"GET / HTTP/1.1\r\n")
    assert ended(connection)


def test_an_answer_that_takes_its_time_is_waited_for(port: int) -> None:
    slow = begun(port, b"GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    # Begun at the same time, and dropped by then.
    assert ended(begun(port, b"GET / HTTP/1.1\r\n"))
    begun(port, b"GET /release HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n").recv(100)
    with closing(slow):
        assert slow.recv(1000).startswith(b"HTTP/1.1 200")


def test_two_lengths_and_other_hosts_are_refused_by_the_server_itself(port: int) -> None:
    both = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n"
    connection = begun(
        port, both + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n"
    )
    with closing(connection):
        said = connection.recv(1000)
        assert said.startswith(b"HTTP/1.1 400")
        assert b"HTTP/1.1 200" not in said
    other = begun(port, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    with closing(other):
        assert other.recv(1000).startswith(b"HTTP/1.1 400")
