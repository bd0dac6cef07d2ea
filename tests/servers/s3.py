"""An object store: moto's S3 server in a process of its own, over HTTP on loopback.

It can be told to be away, and to flip a byte of what it sends.  It keeps everything in memory and
checks no signatures.
"""

from __future__ import annotations

import contextlib
import importlib.util
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.servers.program import absent

STARTS_SECONDS = 60
BUCKET = "media"
SECRET = "s3-secret-of-the-tests"


class S3Server:
    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which clients find it."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1",
        }

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.servers.s3_process", str(self._port)]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + STARTS_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port)):
                break
            assert self._process.poll() is None, "the object store ended"
            assert time.monotonic() < deadline, "the object store does not start"
            time.sleep(0.05)
        httpx.put(f"{self.endpoint}/{BUCKET}").raise_for_status()

    def stop(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def away(self, seconds: float) -> None:
        """Answer every request with 503 for so long."""
        self._tell("away", seconds)

    def flip(self, count: int) -> None:
        """Flip a byte of each of the next `count` bodies that are sent."""
        self._tell("flip", count)

    def requests(self) -> dict[str, int]:
        """How many requests there were, by method."""
        counted: dict[str, int] = httpx.get(f"{self.endpoint}/_tests/requests").json()
        return counted

    def _tell(self, what: str, number: float) -> None:
        httpx.post(f"{self.endpoint}/_tests/{what}/{number}").raise_for_status()


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server]:
    """A running server with an empty bucket, which the environment names."""
    if importlib.util.find_spec("moto") is None:
        absent("moto")
    server = S3Server()
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        try:
            yield server
        finally:
            server.stop()
