"""The server and the API key that a run uses."""

from __future__ import annotations

import threading

from pydantic import SecretStr

from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.run import Run
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.wavespeed.addresses import is_loopback, origin
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.pacing.governor import Governor, governor_of
from lipsync_demo.wavespeed.transport import Transport


class Closing(Exception):  # noqa: N818
    """The app is closing, which cancels the wait before a retry."""


def on_loopback(url: str) -> bool:
    """Whether `url` points to this machine."""
    place = origin(url)
    return place is not None and is_loopback(place[1])


class Credentials:
    """The servers and keys of this process, held in memory only."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shared: dict[str, tuple[str, SecretStr, WaveSpeedClient]] = {}
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self.local: tuple[str, str] | None = None
        """URL and token of the running local backend; they change when it restarts."""

    def base_url(self, backend: BackendName) -> str:
        """Base URL of this backend.

        Raises:
            RunRefused: no local backend is running.
        """
        if backend == "wavespeed":
            return self._settings.base_url
        if self.local is None:
            raise RunRefused(
                "The local backend is not running.",
                "Start the app, or resume the run with `python -m lipsync_demo resume`.",
            )
        return self.local[0]

    def reachable(self, run: Run) -> bool:
        """Whether this process talks to the server that has the run's task."""
        if run.backend == "local":
            return self.local is not None
        mine = self._settings.base_url
        return origin(run.base_url) == origin(mine) or (
            on_loopback(run.base_url) and on_loopback(mine)
        )

    def key(self, run: Run, visitor: SecretStr | None) -> SecretStr | None:
        """The key for a run: the local backend's token, the visitor's key, or the environment's.

        A visitor's run never continues with the environment's key: that account does not know its
        task and must not pay for it.
        """
        if run.backend == "local":
            return SecretStr(self.local[1]) if self.local else None
        return visitor if run.key == "visitor" else self._settings.api_key

    def client(self, run: Run, visitor: SecretStr | None) -> WaveSpeedClient:
        """A client for the run's server; runs with the environment's key share one.

        Raises:
            RunRefused: the key or the server is missing.
        """
        base_url, key = self.base_url(run.backend), self.key(run, visitor)
        if key is None:
            raise needs_key()
        if run.key == "visitor":
            return self._connect(base_url, key, run.backend)
        with self._lock:
            kept = self._shared.get(run.backend)
            if kept is None or kept[:2] != (base_url, key):
                if kept is not None:
                    kept[2].close()
                kept = self._shared[run.backend] = (
                    base_url,
                    key,
                    self._connect(base_url, key, run.backend),
                )
            return kept[2]

    def governor(self, backend: BackendName, visitor: SecretStr | None) -> Governor | None:
        """The rate limits shared by runs of this backend and key; None without a key or server."""
        if backend == "local":
            return governor_of(self.local[0], SecretStr(self.local[1])) if self.local else None
        key = visitor or self._settings.api_key
        return governor_of(self._settings.base_url, key) if key else None

    def close(self) -> None:
        """Cancel all waits before retries, and close the idle connections."""
        self.closing.set()
        with self._lock:
            for _, _, client in self._shared.values():
                client.close()

    def _connect(self, base_url: str, key: SecretStr, backend: BackendName) -> WaveSpeedClient:
        def sleep(seconds: float) -> None:
            if self.closing.wait(seconds):
                raise Closing

        shared = governor_of(base_url, key)
        transport = Transport(base_url, key, sleep=sleep, governor=shared)
        return WaveSpeedClient(key, base_url, transport=transport, local=backend == "local")


def needs_key() -> RunRefused:
    """Error for a run whose key is not known here."""
    return RunRefused(
        "This run needs an API key.",
        "Enter the key it was started with, or set WAVESPEED_API_KEY.",
    )
