"""Whether a server can take tasks now; a load balancer asks before it sends one here."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from lipsync_demo.backend import words
from lipsync_demo.backend.queue.base import JobQueue
from lipsync_demo.database import Database, DatabaseUnusable
from lipsync_demo.settings import DiskMark
from lipsync_demo.storage import Storage, StorageError

STORAGE_SECONDS = 5.0
"""Seconds for which it holds what the object store said."""


class Readiness:
    """Asks the database, the disk, the queue, and the object store if there is one.

    Tasks are taken while no worker is there: they wait.

    Attributes:
        draining: set once the server has been told to end.
    """

    def __init__(
        self,
        database: Database,
        queue: JobQueue,
        folder: Path,
        low: DiskMark,
        draining: threading.Event,
        storage: Storage,
    ) -> None:
        self.draining = draining
        self._database = database
        self._queue = queue
        self._folder = folder
        self._low = low
        self._storage = storage
        self._asking = threading.Lock()
        self._until = 0.0
        self._storage_problem: str | None = None

    @property
    def disk_free(self) -> int:
        """Free room on the disk in bytes."""
        return shutil.disk_usage(self._folder).free

    def problems(self) -> Sequence[str]:
        """Why no task can be taken now, one sentence each without paths; empty if one can."""
        found = [words.ENDING] if self.draining.is_set() else []
        try:
            self._database.check()
            health = self._queue.health()
        except DatabaseUnusable as error:
            return [*found, error.what]
        if not health.takes and health.problem:
            found.append(health.problem)
        if self.disk_free < self._low.of(shutil.disk_usage(self._folder).total):
            found.append(words.DISK_LOW)
        if self._storage.remote and (problem := self._stored()):
            found.append(problem)
        return found

    def _stored(self) -> str | None:
        with self._asking:
            if time.monotonic() > self._until:
                self._storage_problem = None
                try:
                    self._storage.check(writing=False)
                except StorageError as error:
                    self._storage_problem = error.what
                self._until = time.monotonic() + STORAGE_SECONDS
            return self._storage_problem
