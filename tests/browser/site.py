"""The app as a child process: `python app.py`."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.forked import Forked

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 200.0


LISTENERS = range(12_000, 32_000)
"""Ports that the system gives to no connection by itself: one that is free now stays free until
its server binds it, also when that is started again, whatever the browsers beside it open."""


def free_port() -> int:
    for port in random.sample(LISTENERS, 100):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port among a hundred")


class Site:
    """`python app.py` with a port and a data folder that survive it.

    It is forked from a process that has imported the app, or a process of its own from the start.
    `script` is what is run in its place.
    """

    def __init__(
        self,
        folder: Path,
        *,
        forked: bool = True,
        script: Path = ROOT / "app.py",
        **environment: str,
    ) -> None:
        self.folder = folder
        self._script = script
        self._forked = forked
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / "app.log"
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("WAVESPEED", "LIPSYNC", "GRADIO", "SPACE"))
        }
        self._environment = {
            **kept,
            "PORT": str(self.port),
            "LIPSYNC_DATA_DIR": str(folder / "data"),
            "LIPSYNC_WORKERS": "1",
            # Each further language costs the start half a second.
            "LIPSYNC_LANGUAGES": "en",
            **environment,
        }
        self._process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it and wait until the page is there."""
        self._process = self._launch()
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            assert self._process.poll() is None, self.log()
            try:
                requests.get(f"{self.url}/healthz", timeout=5).raise_for_status()
                return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError(self.log())

    def _launch(self) -> subprocess.Popen[bytes] | Forked:
        if self._forked:
            return Forked(
                self._script,
                environment=self._environment,
                folder=self.folder,
                stdout=self._log,
                stderr=self._log,
            )
        paths = [*filter(None, [self._environment.get("PYTHONPATH")]), str(ROOT)]
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, str(self._script)],
                cwd=self.folder,
                env=self._environment | {"PYTHONPATH": os.pathsep.join(paths)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def end(self) -> None:
        """Stop every process, whatever the outcome of the test."""
        if not self.running:
            return
        children = psutil.Process(self.pid).children(recursive=True)
        self.kill()
        for child in children:
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()

    def kill(self) -> None:
        """kill -9: no handler runs, nothing is cleaned up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """Send SIGTERM, as a container's host does; return the exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(PATIENCE)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")


@contextmanager
def opened(folder: Path, *, forked: bool = True, **options: Any) -> Iterator[Site]:
    """Start a site; stop it and its child processes afterwards. `options` are those of `Site`."""
    site = Site(folder, forked=forked, **options)
    try:
        site.start()
        yield site
    finally:
        site.end()
