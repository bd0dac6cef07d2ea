"""Whether the database and the disk can be used now."""

from __future__ import annotations

import threading
import time

from lipsync_demo import data_folder
from lipsync_demo.access.room import Room
from lipsync_demo.database import Database, DatabaseUnusable
from lipsync_demo.files import refused
from lipsync_demo.settings import Settings

FRESH_SECONDS = 1.0
"""Seconds for which an answer is given again: asking costs a write lock."""


OK, NEARLY_FULL, UNUSABLE = "ok", "full", "unusable"
"""How it is: in the middle one everything works but taking new files."""


class Health:
    """Checks the database and the data folder of a workspace."""

    def __init__(self, settings: Settings, database: Database, room: Room) -> None:
        self._room = room
        self._folder = settings.data_dir
        self._database = database
        self._lock = threading.Lock()
        self._until = 0.0
        self._problem: str | None = None

    def problem(self) -> str | None:
        """What cannot be used, as a sentence without paths; None if all can."""
        with self._lock:
            if time.monotonic() > self._until:
                self._problem = self._look()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._problem

    def state(self) -> tuple[str, str | None]:
        """How it is, and what is wrong, as a sentence without paths."""
        problem = self.problem()
        if problem is not None:
            return UNUSABLE, problem
        full = self._room.nearly_full()
        return (OK, None) if full is None else (NEARLY_FULL, full)

    def _look(self) -> str | None:
        try:
            self._database.check()
            data_folder.check(self._folder)
        except DatabaseUnusable as error:
            return error.what
        except OSError as error:
            return refused(OSError(error.errno, error.strerror, self._folder.name))
        return None
