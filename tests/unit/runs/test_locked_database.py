"""A database that cannot be written for a while: runs wait for it, and nothing is paid twice."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.orm import Session

from lipsync_demo.access.codes import new_code
from lipsync_demo.database import Database, DatabaseBusy, DatabaseUnusable, connections
from lipsync_demo.runs.driving import scheduler
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.upkeep import health, words
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.pacing.retries import Retry
from tests.faults.scripted_api import ScriptedApi

pytestmark = pytest.mark.slow

PATIENCE = 60.0


class Lock:
    """Makes writes fail while it is held, and counts them."""

    def __init__(self, error: DatabaseUnusable) -> None:
        self.held = False
        self.refused = 0
        self._error = error
        self._changed = threading.Condition()
        self._write = Database.writing

    @contextmanager
    def writing(self, database: Database) -> Iterator[Session]:
        if self.held:
            with self._changed:
                self.refused += 1
                self._changed.notify_all()
            raise self._error
        with self._write(database) as session:
            yield session

    def until(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: self.refused >= count, PATIENCE)


@pytest.fixture
def locked(monkeypatch: pytest.MonkeyPatch) -> Callable[[DatabaseUnusable], Lock]:
    monkeypatch.setattr(scheduler, "DATABASE_RETRY", Retry(first=0.01, slowest=0.05))

    def make(error: DatabaseUnusable) -> Lock:
        lock = Lock(error)
        monkeypatch.setattr(Database, "writing", lambda database: lock.writing(database))
        return lock

    return make


BUSY = DatabaseBusy("The database is busy.", "Try again.")
FULL = DatabaseUnusable("The database cannot be written.", "Make room on the disk.")


@pytest.mark.parametrize("error", [BUSY, FULL], ids=["busy", "full"])
@pytest.mark.parametrize("gate", ["accept", "answer", "look", "output"])
def test_a_paid_run_waits_for_its_database(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    locked: Callable[[DatabaseUnusable], Lock],
    gate: str,
    error: DatabaseUnusable,
) -> None:
    lock = locked(error)
    api.gates[gate].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates[gate].reached.wait(PATIENCE)
    lock.held = True
    api.gates[gate].open()
    lock.until(3)
    lock.held = False
    done = work.service.wait(run.id)
    assert done.state is RunState.DONE, done.error
    assert (api.submits, done.submits, len(api.tasks)) == (1, 1, 1)


def test_a_refusal_that_could_not_be_written_is_no_lost_answer(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    locked: Callable[[DatabaseUnusable], Lock],
) -> None:
    lock = locked(BUSY)
    api.refusals["submit"] = [(429, {"Retry-After": "0"})]
    api.gates["refuse"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["refuse"].reached.wait(PATIENCE)
    lock.held = True
    api.gates["refuse"].open()
    lock.until(3)
    lock.held = False
    done = work.service.wait(run.id)
    assert done.state is RunState.DONE, done.error
    assert (api.submits, done.submits, len(api.tasks)) == (2, 1, 1)


def test_a_run_that_paid_nothing_waits_for_a_lock_too(
    work: Workspace,
    clip: Path,
    speech: Path,
    api: ScriptedApi,
    locked: Callable[[DatabaseUnusable], Lock],
) -> None:
    lock = locked(BUSY)
    api.gates["ticket"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["ticket"].reached.wait(PATIENCE)
    lock.held = True
    api.gates["ticket"].open()
    lock.until(3)
    lock.held = False
    assert work.service.wait(run.id).state is RunState.DONE


@pytest.fixture
def still(service: Callable[..., Workspace]) -> Workspace:
    """A workspace without threads, which would open its database anew."""
    return service(recover=False)


def test_health_tells_of_a_lock_and_of_its_end(
    still: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "_CHECK_SECONDS", 0.01)
    monkeypatch.setattr(health, "FRESH_SECONDS", -1.0)
    assert still.health.state()[1] is None
    path = still.health._folder / "runs.sqlite3"
    other = sqlite3.connect(path, isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        status, problem = still.health.state()
        assert (status, problem) == (
            health.BUSY,
            "The database runs.sqlite3 is busy right now: another process holds its lock.",
        )
        monkeypatch.setattr(health, "LASTING_SECONDS", 0.0)
        assert still.health.state() == (health.UNUSABLE, problem)
        assert still.readiness.problems() == [problem]
        other.execute("ROLLBACK")
    finally:
        other.close()
    assert still.health.state()[1] is None


def test_health_tells_that_nobody_can_enter(
    service: Callable[..., Workspace],
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", -1.0)
    path = tmp_path / "codes"
    path.write_text(f"{new_code('anna', None, None)[1].line}\n")
    behind = settings.model_copy(update={"access_codes": SecretStr(str(path))})
    work = service(behind, recover=False)
    assert work.health.state() == (health.OK, None)
    for text in ("", "no code\n", None):
        path.unlink() if text is None else path.write_text(text)
        assert work.health.state() == (health.DEGRADED, words.NOBODY_ENTERS)
    path.write_text(f"{new_code('ben', None, None)[1].line}\n")
    assert work.health.state() == (health.OK, None)


def test_health_tells_of_a_database_that_is_gone_or_damaged(
    still: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", -1.0)
    path = still.health._folder / "runs.sqlite3"
    aside = path.rename(path.with_name("aside"))
    assert "cannot be opened" in (still.health.state()[1] or "")
    assert not path.exists()
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    path.write_bytes(b"This is a text, and not a short one. " * 100)
    assert "is not a database" in (still.health.state()[1] or "")
    aside.replace(path)


def test_health_tells_of_a_full_disk(still: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "FRESH_SECONDS", -1.0)

    def full(folder: Path) -> None:
        raise OSError(28, "No space left on device", folder)

    monkeypatch.setattr(health.data_folder, "check", full)
    assert "no space left" in (still.health.state()[1] or "")
