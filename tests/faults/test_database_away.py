"""A database server that is away for a while costs nobody a run."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from lipsync_demo.backend.jobs.job import COMPLETED, Filter, JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.database import Database
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.conftest import eventually
from tests.faults.scripted_api import ScriptedApi
from tests.servers.postgresql import PostgresServer

pytestmark = pytest.mark.slow


@pytest.fixture
def settings(settings: Settings, server: PostgresServer) -> Settings:
    return settings.model_copy(update={"database_url": server.database()})


@pytest.mark.parametrize("gate", ["ticket", "put", "answer", "look", "output"])
def test_a_run_outlives_its_database_in_every_step(
    gate: str,
    api: ScriptedApi,
    media: Path,
    server: PostgresServer,
    service: Callable[..., Workspace],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    met, change = threading.Event(), RunTable.change

    def noticed(*given: Any, **more: Any) -> Any:
        try:
            return change(*given, **more)
        except Exception:
            met.set()
            raise

    monkeypatch.setattr(RunTable, "change", noticed)
    work = service()
    api.gates[gate].shut()
    run = work.service.start(str(media / "clip.mp4"), str(media / "speech.wav"), SyncMode.LOOP)
    assert api.gates[gate].reached.wait(60)
    server.stop()
    api.gates[gate].open()
    assert met.wait(60), "no step met the absent database"
    server.start()
    eventually(lambda: not work.runs.get(run.id).state.active, "it does not end")
    ended = work.runs.get(run.id)
    assert (ended.state, ended.error) == (RunState.DONE, None)
    assert (api.submits, len(api.tasks)) == (1, 1)


@pytest.fixture
def backend(server: PostgresServer) -> Iterator[Database]:
    opened = open_database(server.database())
    yield opened
    opened.close()


DONE = JobResult(outputs=("a.mp4",), nsfw=(False,))


def test_what_a_backend_has_to_write_waits_for_its_database(
    server: PostgresServer, backend: Database, caplog: pytest.LogCaptureFixture
) -> None:
    jobs = JobStore(backend)
    job = jobs.add("v", "a", SyncMode.LOOP)
    claimed = jobs.claim("w:1", 60_000)
    assert claimed is not None
    server.stop()
    written: list[object] = []
    acts = [
        threading.Thread(target=lambda: written.append(jobs.finish(claimed, DONE))),
        threading.Thread(target=lambda: written.append(jobs.add("v", "a", SyncMode.LOOP).status)),
    ]
    with caplog.at_level(logging.INFO, "lipsync_demo.database.postgresql"):
        for act in acts:
            act.start()
        eventually(lambda: caplog.text.count("PostgreSQL:") > len(acts), "nothing was tried")
        server.start()
        for act in acts:
            act.join()
    assert sorted(map(str, written)) == ["True", "created"]
    ended = jobs.get(job.id)
    assert ended is not None
    assert (ended.status, ended.outputs, ended.attempts) == (COMPLETED, ["a.mp4"], 1)


@pytest.mark.parametrize("done", [True, False])
def test_a_write_whose_connection_is_cut_at_its_end_happens_once(
    done: bool, server: PostgresServer, backend: Database
) -> None:
    jobs = JobStore(backend)
    cuts = []

    @event.listens_for(backend.engine, "commit")
    def _cut(connection: Connection) -> None:
        if not cuts:
            cuts.append(connection)
            if done:
                connection.connection.commit()
            server.cut()

    job = jobs.add("v", "a", SyncMode.LOOP)
    assert len(cuts) == 1
    assert jobs.page(Filter(), 1, 10)[0] == 1
    claimed = jobs.claim("w:1", 60_000)
    assert claimed is not None
    cuts.clear()
    assert jobs.finish(claimed, DONE)
    assert len(cuts) == 1
    ended = jobs.get(job.id)
    assert ended is not None
    assert (ended.status, ended.outputs) == (COMPLETED, ["a.mp4"])
    assert not jobs.finish(claimed, JobResult(outputs=("late.mp4",), nsfw=(False,)))
