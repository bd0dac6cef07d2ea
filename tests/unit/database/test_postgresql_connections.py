"""How a process connects to a PostgreSQL server; the server itself is in `tests/faults`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import QueuePool

from lipsync_demo.database import Database, DatabaseBusy, patience, patiently, postgresql
from lipsync_demo.database.connections import connect
from lipsync_demo.database.postgresql import CONNECTIONS

URL = "postgresql+psycopg://nobody@127.0.0.1:9/none"


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What connections were asked for; nobody answers."""
    asked: list[dict[str, Any]] = []

    def refuse(*_: Any, **named: Any) -> None:
        asked.append(named)
        raise psycopg.OperationalError("connection refused at 10.0.0.7")

    monkeypatch.setattr(psycopg.Connection, "connect", refuse)
    monkeypatch.setattr(psycopg, "connect", refuse)
    return asked


def stopped(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The moment, in a list, for the modules that wait; sleeping moves it."""
    clock = [0.0]
    stand_in = SimpleNamespace(
        monotonic=lambda: clock[0],
        sleep=lambda seconds: clock.__setitem__(0, clock[0] + seconds),
    )
    for module in (patience, postgresql):
        monkeypatch.setattr(module, "time", stand_in)
    return clock


def test_connections_are_bounded_and_checked_before_use() -> None:
    pool = connect(URL).pool
    assert isinstance(pool, QueuePool)
    assert pool.size() + pool._max_overflow == CONNECTIONS
    assert pool._pre_ping


def test_a_server_that_is_away_is_told_without_its_address(refused: list[dict[str, Any]]) -> None:
    with pytest.raises(DatabaseBusy) as caught, connect(URL).connect():
        pass
    assert "10.0.0.7" not in str(caught.value)
    assert refused[0]["connect_timeout"] == 5
    with pytest.raises(DatabaseBusy), connect(f"{URL}?connect_timeout=60").connect():
        pass
    assert refused[1]["connect_timeout"] != 5


def test_it_is_waited_for_as_long_as_somebody_is_patient(
    refused: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped(monkeypatch)
    with pytest.raises(DatabaseBusy):
        Database.open(URL, "jobs", patience=10)
    assert 30 < len(refused) < 50


def test_a_write_is_tried_again_and_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = stopped(monkeypatch)
    tries: list[float] = []

    def write() -> str:
        tries.append(clock[0])
        if clock[0] < 3:
            raise DatabaseBusy("away", "wait")
        return "written"

    assert patiently(write, 10) == "written"
    assert len(tries) == 7
    clock[0] = -100.0
    with pytest.raises(DatabaseBusy):
        patiently(write, 10)
    assert clock[0] == pytest.approx(-89.5)
