from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from lipsync_demo.backend.jobs.store import JobStore, open_database
from lipsync_demo.backend.jobs.uploads import UploadStore


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(tmp_path / "jobs.sqlite3")
    yield engine
    engine.dispose()


@pytest.fixture
def jobs(database: Engine) -> JobStore:
    return JobStore(database)


@pytest.fixture
def uploads(database: Engine, tmp_path: Path) -> UploadStore:
    return UploadStore(database, tmp_path / "uploads", 1 << 20)
