"""Whether the database, the disk and the access codes can be used now."""

from __future__ import annotations

import threading
import time

from lipsync_demo import data_folder
from lipsync_demo.access.codes import AccessCodes
from lipsync_demo.access.errors import AccessUnusable
from lipsync_demo.access.room import Room
from lipsync_demo.database import Database, DatabaseBusy, DatabaseUnusable
from lipsync_demo.files import refused
from lipsync_demo.runs.upkeep import words
from lipsync_demo.settings import Settings

FRESH_SECONDS = 1.0
"""Seconds for which an answer is given again: asking costs a write lock."""

LASTING_SECONDS = 30.0
"""Seconds after which a busy database is unusable: as long as a write waits for it."""

OK, NEARLY_FULL, BUSY, DEGRADED, UNUSABLE = "ok", "full", "busy", "degraded", "unusable"
"""How it is: `full` takes no new files, `busy` has what is done now wait, `degraded` lets nobody
enter.
"""


class Health:
    """Checks the database and the data folder of a workspace."""

    def __init__(
        self, settings: Settings, database: Database, room: Room, codes: AccessCodes
    ) -> None:
        self._room = room
        self._codes = codes
        self._folder = settings.data_dir
        self._database = database
        self._lock = threading.Lock()
        self._until = 0.0
        self._busy_since: float | None = None
        self._found: tuple[str, str | None] = OK, None

    def state(self) -> tuple[str, str | None]:
        """How it is, and what is wrong, as a sentence without paths."""
        found = self._fresh()
        if found[0] != OK:
            return found
        full = self._room.nearly_full()
        return (OK, None) if full is None else (NEARLY_FULL, full)

    def _fresh(self) -> tuple[str, str | None]:
        with self._lock:
            if time.monotonic() > self._until:
                self._found = self._look()
                self._until = time.monotonic() + FRESH_SECONDS
            return self._found

    def _look(self) -> tuple[str, str | None]:
        since, self._busy_since = self._busy_since, None
        try:
            self._database.check()
            data_folder.check(self._folder)
            self._codes.check()
        except DatabaseBusy as error:
            now = time.monotonic()
            self._busy_since = now if since is None else since
            lasts = now - self._busy_since >= LASTING_SECONDS
            return (UNUSABLE if lasts else BUSY), error.what
        except DatabaseUnusable as error:
            return UNUSABLE, error.what
        except AccessUnusable:
            return DEGRADED, words.NOBODY_ENTERS
        except OSError as error:
            return UNUSABLE, refused(OSError(error.errno, error.strerror, self._folder.name))
        return OK, None
