"""Whether a server can take tasks now; a load balancer asks before it sends one here."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

from lipsync_demo.backend import words
from lipsync_demo.backend.queue.base import JobQueue
from lipsync_demo.database import Database, DatabaseUnusable
from lipsync_demo.settings import DiskMark


class Readiness:
    """Asks the database, the disk and the queue.

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
    ) -> None:
        self.draining = draining
        self._database = database
        self._queue = queue
        self._folder = folder
        self._low = low

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
        return found
