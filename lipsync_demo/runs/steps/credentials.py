"""Which server answers a run, and with which key."""

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
    """The app is closing: a pause before another attempt is not worth waiting for."""


def on_loopback(url: str) -> bool:
    """True when `url` names this very machine."""
    place = origin(url)
    return place is not None and is_loopback(place[1])


class Credentials:
    """The servers and keys this process may use; nothing of it is ever written anywhere."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._shared: dict[str, tuple[str, SecretStr, WaveSpeedClient]] = {}
        self._lock = threading.Lock()
        self.closing = threading.Event()
        self.local: tuple[str, str] | None = None
        """Address and token of the local backend as it runs now; new after its restart."""

    def base_url(self, backend: BackendName) -> str:
        """Where runs of this backend are sent.

        Raises:
            RunRefused: no local backend runs.
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
        """True when the server that has the run's task is the one this process talks to."""
        if run.backend == "local":
            return self.local is not None
        mine = self._settings.base_url
        return origin(run.base_url) == origin(mine) or (
            on_loopback(run.base_url) and on_loopback(mine)
        )

    def key(self, run: Run, visitor: SecretStr | None) -> SecretStr | None:
        """The key for a run: the local token, the visitor's, or the environment's own.

        A visitor's run is never continued with the environment's key: that account does
        not know its task and must not pay for it.
        """
        if run.backend == "local":
            return SecretStr(self.local[1]) if self.local else None
        return visitor if run.key == "visitor" else self._settings.api_key

    def client(self, run: Run, visitor: SecretStr | None) -> WaveSpeedClient:
        """A client for the run's server; runs of the environment's key share theirs.

        Raises:
            RunRefused: the key or the server is not there.
        """
        base_url, key = self.base_url(run.backend), self.key(run, visitor)
        if key is None:
            raise needs_key()
        if run.key == "visitor":
            return self._connect(base_url, key)
        with self._lock:
            kept = self._shared.get(run.backend)
            if kept is None or kept[:2] != (base_url, key):
                kept = self._shared[run.backend] = base_url, key, self._connect(base_url, key)
            return kept[2]

    def governor(self, backend: BackendName, visitor: SecretStr | None) -> Governor | None:
        """What new runs of this backend and key share; None when there is no key or server."""
        if backend == "local":
            return governor_of(self.local[0], SecretStr(self.local[1])) if self.local else None
        key = visitor or self._settings.api_key
        return governor_of(self._settings.base_url, key) if key else None

    def _connect(self, base_url: str, key: SecretStr) -> WaveSpeedClient:
        def sleep(seconds: float) -> None:
            if self.closing.wait(seconds):
                raise Closing

        shared = governor_of(base_url, key)
        transport = Transport(base_url, key, sleep=sleep, governor=shared)
        return WaveSpeedClient(key, base_url, transport=transport)


def needs_key() -> RunRefused:
    """What to say when the key of a run is not known here."""
    return RunRefused(
        "This run needs an API key.",
        "Enter the key it was started with, or set WAVESPEED_API_KEY.",
    )
