"""A server whose answers never end: a few bytes now and then, or none at all."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PAUSE = 0.02
"""Seconds between the pieces; every read timeout is longer."""


@dataclass(frozen=True)
class Drip:
    """What is sent first, and then again and again; `scheme` is the URL's."""

    name: str
    first: bytes
    more: bytes
    scheme: str = "http"


_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

DRIPS = (
    Drip("silence", b"", b""),
    Drip("status line", b"HTTP/1.1 200 O", b"K"),
    Drip("headers", _OK, b"X-More: 1\r\n"[:1]),
    Drip("whole headers", _OK, b"X: 1\r\n"),
    Drip("1xx", b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    Drip("body with a length", _OK + b"Content-Length: 1000000\r\n\r\n", b" "),
    Drip("body without a length", _OK + b"\r\n", b" "),
    Drip("closing body", _OK + b"Connection: close\r\n\r\n", b" "),
    Drip("chunks", _OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    Drip("chunk size", _OK + b"Transfer-Encoding: chunked\r\n\r\n", b"0"),
    Drip("handshake silent", b"", b"", "https"),
    # A handshake record of 16 kB, a byte at a time.
    Drip("handshake", b"\x16\x03\x03\x40\x00", b"\x02", "https"),
)


@dataclass
class DrippingServer:
    """Its URL, and whether a client has hung up on it."""

    url: str
    hung_up: threading.Event = field(default_factory=threading.Event)
    asked: int = 0


@contextmanager
def dripping(drip: Drip, first: bytes | None = None) -> Iterator[DrippingServer]:
    """Drip on every connection until the test ends; a first connection gets `first` and its end."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = DrippingServer(f"{drip.scheme}://127.0.0.1:{listener.getsockname()[1]}")

        def answer(guest: socket.socket, number: int) -> None:
            with guest:
                try:
                    guest.settimeout(PAUSE)
                    if first is not None and number == 0:
                        guest.sendall(first)
                        return
                    guest.sendall(drip.first)
                    while not over.is_set():
                        if _gone(guest):
                            break
                        guest.sendall(drip.more)
                except OSError:
                    pass
            if not over.is_set():
                server.hung_up.set()

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    guest, _ = listener.accept()
                    number, server.asked = server.asked, server.asked + 1
                    threading.Thread(target=answer, args=(guest, number), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        try:
            yield server
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)


def _gone(guest: socket.socket) -> bool:
    """Whether the client has closed its side; waits `PAUSE` seconds for that."""
    try:
        return not guest.recv(1 << 16)
    except TimeoutError:
        return False
