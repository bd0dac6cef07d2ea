"""Whether the page can take work now; a load balancer asks before it sends somebody here."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from lipsync_demo.runs.upkeep import words
from lipsync_demo.runs.upkeep.health import OK, Health
from lipsync_demo.settings import Settings
from lipsync_demo.storage import Storage, StorageError
from lipsync_demo.wavespeed.errors import NetworkError
from lipsync_demo.wavespeed.exchange import Answer
from lipsync_demo.wavespeed.transport import Transport

FRESH_SECONDS = 2.0
"""Seconds for which it holds what the local backend and the object store said."""

ANSWER_SECONDS = 3.0
"""Seconds that the local backend has to say it."""

GONE = 404
"""Status of a backend of an earlier release, which has no such address."""


class Readiness:
    """Asks the database, the disk, the object store of the runs if there is one, and the local
    backend where that renders.

    The API is not asked: what it refuses is said to whoever starts a run.  `local` returns URL and
    token of the local backend.

    Attributes:
        draining: set once the page has been told to end.
    """

    def __init__(
        self,
        settings: Settings,
        health: Health,
        local: Callable[[], tuple[str, str] | None],
        storage: Storage | None = None,
    ) -> None:
        self.draining = threading.Event()
        self._renders_here = settings.backend_name == "local" and not settings.demo_mode
        self._health = health
        self._local = local
        self._storage = storage
        self._store_until = 0.0
        self._store: str | None = None
        self._lock = threading.Lock()
        self._until = 0.0
        self._backend: str | None = None
        self._asked: tuple[tuple[str, str], Transport] | None = None

    def problems(self) -> Sequence[str]:
        """Why no work can be taken now, one sentence each without paths; empty if it can."""
        status, problem = self._health.state()
        return [
            *([words.ENDING] if self.draining.is_set() else []),
            *([str(problem)] if status != OK else []),
            *filter(None, [self._store_problem()]),
            *filter(None, [self._backend_problem() if self._renders_here else None]),
        ]

    def backend_metrics(self) -> str | None:
        """What the local backend tells Prometheus, as text; None without one that answers."""
        with self._lock:
            answer = self._answer("/metrics")
        return answer.text if answer is not None and answer.ok else None

    def close(self) -> None:
        """Close the connection to the local backend."""
        with self._lock:
            if self._asked is not None:
                self._asked[1].close()

    def _store_problem(self) -> str | None:
        if self._storage is None:
            return None
        with self._lock:
            if time.monotonic() > self._store_until:
                try:
                    self._storage.check(writing=False)
                    self._store = None
                except StorageError as error:
                    self._store = error.what
                self._store_until = time.monotonic() + FRESH_SECONDS
            return self._store

    def _backend_problem(self) -> str | None:
        with self._lock:
            if time.monotonic() > self._until:
                self._backend = self._ask()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._backend

    def _ask(self) -> str | None:
        answer = self._answer("/readyz")
        if answer is None:
            return words.NO_BACKEND
        fine = answer.ok or answer.status == GONE
        return None if fine else words.backend_not_ready(answer.status)

    def _answer(self, path: str) -> Answer | None:
        local = self._local()
        if local is None:
            return None
        if self._asked is None or self._asked[0] != local:
            self._asked = local, Transport(*local)
        try:
            return self._asked[1].look(path, ANSWER_SECONDS)
        except NetworkError:
            return None
