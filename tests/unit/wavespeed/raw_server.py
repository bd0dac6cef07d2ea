"""A server on loopback that answers with given bytes, whatever is asked."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """Answer each connection by the next of these and close it; the last one stays; its URL."""
    todo = list(answers)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    guest, _ = listener.accept()
                    with guest, contextlib.suppress(OSError):
                        guest.settimeout(10)
                        guest.recv(1 << 16)
                        guest.sendall(todo.pop(0) if len(todo) > 1 else todo[0])
                        guest.shutdown(socket.SHUT_WR)
                        while guest.recv(1 << 16):
                            pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield url
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
