"""Whether the page says that it can take work, and what it tells of this moment."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lipsync_demo.metrics import table
from lipsync_demo.runs.upkeep import readiness, words
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.run_factory import made_in

TOKEN = "a-token-of-the-backend"


@dataclass
class Backend:
    """A server that says of itself whether it is ready."""

    url: str
    status: int = 200


@contextmanager
def answering() -> Iterator[Backend]:
    told = Backend("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps({"path": self.path}).encode()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        told.url = f"http://127.0.0.1:{server.server_address[1]}"
        yield told
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def always_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", -1.0)


def local(tmp_path: Path, **given: object) -> Settings:
    return Settings(data_dir=tmp_path / "data", backend="local", **given)  # type: ignore[arg-type]


def test_the_page_is_as_ready_as_the_backend_it_renders_with(tmp_path: Path) -> None:
    with Workspace(local(tmp_path)) as work, answering() as backend:
        assert work.readiness.problems() == [words.NO_BACKEND]
        work.local = (backend.url, TOKEN)
        assert work.readiness.problems() == []
        backend.status = 503
        assert work.readiness.problems() == [words.backend_not_ready(503)]
        backend.status = 404  # of a release before this one
        assert work.readiness.problems() == []
    with Workspace(local(tmp_path)) as work:
        work.local = ("http://127.0.0.1:9", TOKEN)
        assert work.readiness.problems() == [words.NO_BACKEND]


def test_without_a_backend_of_its_own_none_is_asked(tmp_path: Path) -> None:
    with Workspace(local(tmp_path, demo_mode=True)) as work:
        assert work.readiness.problems() == []
    hosted = Settings(data_dir=tmp_path / "data", backend="wavespeed")
    with Workspace(hosted) as work:
        assert work.readiness.problems() == []
        work.readiness.draining.set()
        assert work.readiness.problems() == [words.ENDING]


def test_a_full_disk_and_a_database_that_is_away_are_said(tmp_path: Path) -> None:
    full = local(tmp_path, demo_mode=True, disk_low="999999999")
    with Workspace(full) as work:
        [problem] = work.readiness.problems()
        assert "disk" in problem
        figures = work.figures.now(0)
        assert figures[table.READY] == {(): 0}
    away = local(tmp_path / "away", demo_mode=True)
    with Workspace(away) as work:
        work.close()
        database = away.data_dir / "runs.sqlite3"
        for path in away.data_dir.glob("runs.sqlite3*"):
            path.unlink()
        database.mkdir()
        assert work.readiness.problems()
        told = work.figures.now(3)
        assert told[table.RUNS] == told[table.SPEND] == {}
        assert told[table.SESSIONS] == {(): 3}


def test_two_replicas_tell_the_same_of_what_they_share(tmp_path: Path) -> None:
    settings = local(tmp_path, demo_mode=True)
    with Workspace(settings) as first, Workspace(settings) as second:
        run = made_in(settings.runs_dir / ("a" * 32))(id="a" * 32)
        first.runs.add(run, None)
        assert first.figures.now(0)[table.RUNS] == second.figures.now(0)[table.RUNS]
        assert second.figures.now(0)[table.RUNS][run.state.value,] == 1
