from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.database import Database
from lipsync_demo.storage.folder import FolderStorage


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'jobs.sqlite3'}")
    yield opened
    opened.close()


@pytest.fixture
def jobs(database: Database) -> JobStore:
    return JobStore(database)


@pytest.fixture
def storage(tmp_path: Path) -> FolderStorage:
    return FolderStorage(tmp_path)


@pytest.fixture
def uploads(database: Database, storage: FolderStorage, tmp_path: Path) -> UploadStore:
    return UploadStore(database, storage, tmp_path / "uploads", 1 << 20)
