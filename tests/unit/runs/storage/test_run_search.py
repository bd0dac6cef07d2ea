"""Search: what is found after a run has changed, and what is read from the database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event

from lipsync_demo.runs.record.review import Review
from lipsync_demo.runs.storage import run_texts
from lipsync_demo.runs.storage.run_search import RunSearch, search
from lipsync_demo.runs.storage.run_table import RunTable
from tests.unit.runs.storage.test_run_table import make_run, opened

IDS = [letter * 32 for letter in "abc"]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[RunTable]:
    table = opened(f"sqlite:///{tmp_path / 'runs.sqlite3'}", tmp_path / "runs")
    for run_id in IDS:
        table.add(make_run(tmp_path / "runs", run_id), None)
    yield table
    table.database.close()


def _found(table: RunTable, words: str) -> list[str]:
    return [run.id for run in search(table, IDS, RunSearch(words=words), 0, 20).runs]


def test_a_run_is_found_by_what_it_says_now(table: RunTable) -> None:
    assert _found(table, "ÄRGER") == []
    table.change(IDS[1], lambda run: replace(run, review=Review(None, {}, "Viel Ärger")))
    assert _found(table, "ÄRGER viel") == [IDS[1]]
    table.change(IDS[1], lambda run: replace(run, review=None))
    assert _found(table, "ÄRGER") == []


def test_a_deleted_run_is_not_found(table: RunTable) -> None:
    assert _found(table, "bounce") == IDS
    table.remove(IDS[0])
    assert _found(table, "bounce") == IDS[1:]


def test_texts_are_read_once_and_forgotten_when_there_are_many(
    table: RunTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = []
    event.listen(table.database.engine, "before_cursor_execute", lambda *of: read.append(of[2]))

    def texts_read() -> int:
        read.clear()
        assert _found(table, "bounce") == IDS
        return sum("JSON" in statement for statement in read)

    assert [texts_read(), texts_read()] == [1, 0]
    monkeypatch.setattr(run_texts, "KEPT", 1)
    assert [texts_read(), texts_read()] == [0, 1]
