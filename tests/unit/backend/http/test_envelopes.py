"""Errors of the server in the envelope."""

from __future__ import annotations

from fastapi import FastAPI
from starlette.testclient import TestClient

from lipsync_demo.backend.http import envelopes
from lipsync_demo.database import DatabaseBusy


def test_a_locked_database_is_transient_and_tells_no_folder() -> None:
    app = FastAPI()
    envelopes.install(app)

    @app.get("/busy")
    def busy() -> None:
        raise DatabaseBusy("The database jobs.sqlite3 is busy.", "End what uses /srv/data.")

    answer = TestClient(app, raise_server_exceptions=False).get("/busy")
    assert answer.status_code == 503
    assert answer.json() == {
        "code": 503,
        "message": "The database jobs.sqlite3 is busy.",
        "data": None,
    }
