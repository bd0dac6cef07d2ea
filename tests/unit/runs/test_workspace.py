"""Opening a workspace starts no thread and takes no lock; driving a run does."""

from __future__ import annotations

import threading
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from filelock import BaseFileLock

from lipsync_demo.runs.record.review import Review, Verdict
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.upkeep.review import review
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.runs.storage.test_run_table import make_run


def test_a_record_is_read_and_written_without_a_thread_or_a_lock(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Workspace(settings) as made:
        run = replace(make_run(settings.runs_dir), state=RunState.DONE)
        run.folder.mkdir(parents=True)
        made.runs.add(run, None)
    threads = threading.enumerate()
    monkeypatch.setattr(BaseFileLock, "acquire", lambda *_, **__: pytest.fail("a lock was taken"))
    with Workspace(settings) as work:
        assert work.runs.get(run.id).state is RunState.DONE
        assert review(work.runs, run.id, Review(Verdict.PASS)).review == Review(Verdict.PASS)
        assert work.groups.list() == []
        work.ledger.set_limit("a" * 32, Decimal(1))
        assert not work.dispatcher.delegates_local
        assert work.service.resume(run.id).state is RunState.DONE
        work.service.delete(run.id)
        assert threading.enumerate() == threads
    assert not (settings.data_dir / "owners").exists()


def test_driving_a_run_starts_threads_which_closing_ends(
    settings: Settings, clip: Path, speech: Path
) -> None:
    threads = set(threading.enumerate())
    with Workspace(settings) as work:
        run = work.service.start(clip, speech, "loop")
        assert len(list((settings.data_dir / "owners").iterdir())) == 1
        assert work.service.wait(run.id).state is RunState.DONE
        started = {thread.name for thread in set(threading.enumerate()) - threads}
        assert {"runs", "runs-poll", "runs-transfer"} <= started
    left = {thread.name for thread in threading.enumerate() if thread.is_alive()}
    assert not left & {"runs", "runs-poll", "runs-transfer"}
    assert list((settings.data_dir / "owners").iterdir()) == []
