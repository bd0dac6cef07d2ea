from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lipsync_demo.database import Database
from lipsync_demo.runs.driving.database_leases import BEATS, DatabaseLeases
from lipsync_demo.runs.storage.owners import Owners
from lipsync_demo.runs.storage.schema import open_database

SHORT, LONG = 0.9, 60.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'runs.sqlite3'}")
    yield opened
    opened.close()


def test_a_lease_is_held_until_its_owner_closes(database: Database) -> None:
    mine, other = DatabaseLeases(Owners(database), LONG), DatabaseLeases(Owners(database), LONG)
    lease = other.acquire()
    assert lease.expires_at is not None
    assert other.acquire().token != lease.token
    assert mine.held(lease.token)
    assert other.held(lease.token)
    assert not mine.held("nobody:1")
    other.close()
    assert not mine.held(lease.token)
    assert not other.held(lease.token)
    mine.close()


def test_a_lease_is_renewed_and_ends_without_signs_of_life(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, other = DatabaseLeases(Owners(database), LONG), DatabaseLeases(Owners(database), SHORT)
    token = other.acquire().token
    time.sleep(SHORT + SHORT / BEATS)
    deadline = time.monotonic() + 30
    while not mine.held(token):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    monkeypatch.setattr(Owners, "renew", _away)
    deadline = time.monotonic() + 30
    while mine.held(token) or other.held(token):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    monkeypatch.undo()
    while not mine.held(token):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    other.close()
    mine.close()


def test_who_hosts_local_runs_is_known_to_others(database: Database) -> None:
    mine, other = DatabaseLeases(Owners(database), LONG), DatabaseLeases(Owners(database), LONG)
    other.host_local()
    assert mine.local_hosted()
    assert not other.local_hosted()
    other.close()
    assert not mine.local_hosted()
    mine.close()


def _away(*_: object, **__: object) -> None:
    raise OSError("away")
