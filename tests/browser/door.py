"""One address for several replicas, as a load balancer gives them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit


class Door:
    """Passes connections on to the replica at `leads_to`, as it is when they begin."""

    def __init__(self, leads_to: str) -> None:
        self.leads_to = leads_to
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Let nobody in any more."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                guest, _ = self._listener.accept()
                self._pass(guest)

    def _pass(self, guest: socket.socket) -> None:
        parts = urlsplit(self.leads_to)
        try:
            host = socket.create_connection((parts.hostname, parts.port))
        except OSError:
            guest.close()
            return
        for source, target in ((guest, host), (host, guest)):
            threading.Thread(target=_pump, args=(source, target), daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while part := source.recv(1 << 16):
            target.sendall(part)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def door(leads_to: str) -> Iterator[Door]:
    """An open door."""
    made = Door(leads_to)
    try:
        yield made
    finally:
        made.close()
