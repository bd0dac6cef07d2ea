"""Whether a server says that it can take tasks."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

from lipsync_demo.backend import words
from lipsync_demo.backend.queue.base import Health
from lipsync_demo.backend.readiness import Readiness
from lipsync_demo.backend.schema import open_database
from lipsync_demo.database import Database
from lipsync_demo.settings import DiskMark
from lipsync_demo.storage.folder import FolderStorage


class Queue:
    """Of a queue, what it says of itself."""

    def __init__(self, health: Health) -> None:
        self._health = health

    def health(self) -> Health:
        return self._health


READY = Health(True, None, 1)
NO_WORKER = Health(False, "Nobody renders.", 0)
BROKEN = Health(False, "The engine cannot be loaded.", 1, takes=False)


def readiness(database: Database, folder: Path, health: Health = READY, low: int = 0) -> Readiness:
    queue: Any = Queue(health)
    storage = FolderStorage(folder)
    return Readiness(database, queue, folder, DiskMark(low), threading.Event(), storage)


def test_it_is_ready_also_while_no_worker_is_there(database: Database, tmp_path: Path) -> None:
    assert readiness(database, tmp_path).problems() == []
    assert readiness(database, tmp_path, NO_WORKER).problems() == []


def test_an_engine_that_does_not_load_or_a_full_disk_is_said(
    database: Database, tmp_path: Path
) -> None:
    assert readiness(database, tmp_path, BROKEN).problems() == [BROKEN.problem]
    assert readiness(database, tmp_path, low=1 << 60).problems() == [words.DISK_LOW]


def test_told_to_end_it_is_not_ready(database: Database, tmp_path: Path) -> None:
    told = readiness(database, tmp_path)
    told.draining.set()
    assert told.problems() == [words.ENDING]


def test_a_database_that_is_away_is_said_without_its_path(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
    told = readiness(database, tmp_path)
    database.close()
    for path in tmp_path.glob("jobs.sqlite3*"):
        path.unlink()
    (tmp_path / "jobs.sqlite3").mkdir()
    [problem] = told.problems()
    assert problem
    assert str(tmp_path) not in problem
