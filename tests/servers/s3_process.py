"""The process of `S3Server`: moto's application, with faults in front of it."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import run_simple

CONTROL = "/_tests/"


class Faults:
    """A WSGI application around moto's."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._away_until = 0.0
        self._flips = 0
        self._counts: Counter[str] = Counter()

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path.startswith(CONTROL):
            start("200 OK", [("Content-Type", "application/json")])
            return [self._told(*path.removeprefix(CONTROL).split("/"))]
        self._counts[method] += 1
        if time.monotonic() < self._away_until:
            # What is left unread would be taken for the connection's next request.
            start("503 Service Unavailable", [("Content-Length", "0"), ("Connection", "close")])
            return []
        answer = self._app(environ, start)
        if method == "GET" and self._flips:
            self._flips -= 1
            body = bytearray(b"".join(answer))
            body[len(body) // 2] ^= 1
            return [bytes(body)]
        return answer

    def _told(self, what: str, number: str = "0") -> bytes:
        if what == "away":
            self._away_until = time.monotonic() + float(number)
        elif what == "flip":
            self._flips = int(number)
        return json.dumps(self._counts).encode()


if __name__ == "__main__":
    run_simple(
        "127.0.0.1",
        int(sys.argv[1]),
        Faults(DomainDispatcherApplication(create_backend_app)),
        threaded=True,
        request_handler=MotoRequestHandler,
    )
