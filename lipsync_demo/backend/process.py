"""Runs the local backend as a child process: starts, monitors and stops it.

This module imports nothing of the server itself.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast
from urllib.parse import urlsplit

from lipsync_demo.backend import words
from lipsync_demo.backend.errors import BackendError
from lipsync_demo.child_environment import child_environment

log = logging.getLogger(__name__)

_START_SECONDS = 60.0
"""Timeout of the start."""

_STOP_SECONDS = 15.0
"""Timeout of an orderly stop, after which the server is killed."""

_STEADY_SECONDS = 60.0
"""Seconds of uptime after which the count of failures is reset."""

_RESTARTS = 5
"""Maximum number of restarts in a row."""

_FIRST_PAUSE_SECONDS = 0.25
"""Back-off before the first restart; doubled with each further one."""

_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
"""The child's working directory."""

STORAGE = "LIPSYNC_STORAGE_URL"
"""The setting that says whether there is an object store."""

_SETTINGS = (
    "LIPSYNC_QUEUE_URL",
    "LIPSYNC_DATABASE_URL",
    STORAGE,
    "LIPSYNC_STORAGE_PUBLIC_URL",
    "LIPSYNC_FACE",
    "LIPSYNC_SYNC_SECONDS",
    "LIPSYNC_MAX_UPLOAD_MB",
    "LIPSYNC_ALLOW_PRIVATE_URLS",
    "LIPSYNC_LOG_FORMAT",
    "LIPSYNC_AI_LABEL",
    "LIPSYNC_C2PA",
    "LIPSYNC_C2PA_CERT",
    "LIPSYNC_C2PA_KEY",
)
"""Settings that the child reads."""


class LocalBackend:
    """A server on loopback with a random token and a free port.

    It ends with `stop` or with this process, even by `kill -9`.  If it crashes it is restarted with
    the same URL and token, so that clients see only a transient failure.

    Args:
        data_dir: the data folder; the server works in `backend/` there.
        workers: number of concurrent renderings.
        faults: fault switches, such as `429:3`.

    Attributes:
        url, token: for clients; the URL is set by `start`.
    """

    def __init__(self, data_dir: Path, workers: int, faults: Iterable[str] = ()) -> None:
        self._data_dir = data_dir.resolve()
        self._workers = workers
        self._faults = tuple(faults)
        self.token = secrets.token_urlsafe(32)
        self.url = ""
        self._port = 0
        self._process: subprocess.Popen[str] | None = None
        self._changing = threading.Lock()
        self._stopping = threading.Event()

    @property
    def log_path(self) -> Path:
        return self._data_dir / "backend" / "server.log"

    @property
    def pid(self) -> int | None:
        """The server's process id; None if it is not running."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> tuple[str, str]:
        """Start the server and wait until it listens; return its URL and token.

        Raises:
            BackendError: it ended, or did not listen in time.
        """
        self.log_path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.log_path.unlink(missing_ok=True)
        self.url = self._launch()
        self._port = urlsplit(self.url).port or 0
        threading.Thread(target=self._watch, name="local-backend", daemon=True).start()
        return self.url, self.token

    def stop(self) -> None:
        """Stop the server in order; running tasks are queued for the next start."""
        self._stopping.set()
        with self._changing:
            process = self._process
        if process is None:
            return
        _close(process.stdin)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _close(process.stdout)

    def __enter__(self) -> LocalBackend:
        self.start()
        return self

    def __exit__(self, *about: object) -> None:
        self.stop()

    def _launch(self) -> str:
        """Start the child process; return its URL."""
        with self._changing:
            with self.log_path.open("ab") as stderr:
                self._process = process = subprocess.Popen(  # noqa: S603 - our own command
                    self._command(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stderr,
                    cwd=_PACKAGE_PARENT,
                    env=self._environment(),
                    # Ctrl-C in a terminal is meant for the parent, which then stops the child.
                    start_new_session=True,
                    text=True,
                )
            stdin, stdout = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
            timer = threading.Timer(_START_SECONDS, process.kill)
            timer.start()
            try:
                # By stdin, as arguments are visible in process lists.
                with contextlib.suppress(OSError):
                    stdin.write(f"{self.token}\n")
                    stdin.flush()
                line = stdout.readline()
            finally:
                timer.cancel()
            if not line:
                process.wait()
                raise BackendError(
                    f"The local backend did not start. {self._last_words()}",
                    f"Its log is {self.log_path}.",
                )
            return str(json.loads(line)["url"])

    def _command(self) -> list[str]:
        command = [sys.executable, "-m", "lipsync_demo", "backend", "--host", "127.0.0.1"]
        command += ["--port", str(self._port), "--token", "-", "--data-dir", str(self._data_dir)]
        for fault in self._faults:
            command += ["--fault", fault]
        return command

    def _environment(self) -> dict[str, str]:
        kept = child_environment(*_SETTINGS, *_keys_of_the_store(), network=True)
        return {**kept, "LIPSYNC_WORKERS": str(self._workers)}

    def _last_words(self) -> str:
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[-1].strip() if lines else words.SAID_NOTHING

    def _watch(self) -> None:
        """Restart the server when it crashes, at most `_RESTARTS` times in a row."""
        failures = 0
        while (process := self._process) is not None:
            since = time.monotonic()
            code = process.wait()
            if self._stopping.is_set():
                return
            failures = 1 if time.monotonic() - since > _STEADY_SECONDS else failures + 1
            if failures > _RESTARTS:
                log.warning("the local backend keeps crashing and is not restarted")
                return
            log.warning("the local backend ended with code %s and is restarted", code)
            if self._stopping.wait(_FIRST_PAUSE_SECONDS * 2 ** (failures - 1)):
                return
            try:
                self._launch()
            except BackendError as error:
                log.warning("%s", error)


def _keys_of_the_store() -> list[str]:
    """The variables by which the object store is found, if there is one."""
    if not child_environment(STORAGE).get(STORAGE):
        return []
    return [name for name in os.environ if name.startswith("AWS_")]


def _close(pipe: IO[str] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()
