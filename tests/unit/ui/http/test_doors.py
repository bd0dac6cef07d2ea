"""Doors for programs: shut, unless for whoever runs the app or with a token."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.access import doors
from lipsync_demo.access.asker import asker
from lipsync_demo.access.bearer import current_token
from lipsync_demo.access.codes import new_code
from lipsync_demo.access.tokens import new_token
from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.gate import Gate

SENT, KEPT = new_token("ci", ["read"], spend=Decimal(5), runs=2, rate=3)
TOKENS = SecretStr(KEPT.line)
BEARS = {"Authorization": f"Bearer {SENT}"}


async def _who(request: Request) -> Response:
    by, visitor, token = asker(), acting(), current_token()
    assert by is not None
    assert visitor is not None
    return JSONResponse(
        {
            "code": by.code,
            "id": visitor.id,
            "operator": visitor.operator,
            "token": token and token.name,
        }
    )


def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, here: bool = False, **given: Any
) -> TestClient:
    monkeypatch.setattr(doors, "asks_from_here", lambda scope: here)
    settings = Settings(data_dir=tmp_path / "data", **given)
    app = Starlette(
        routes=[Route("/{path:path}", _who, methods=["GET", "POST"])],
        middleware=[Middleware(Gate, settings=settings, admission=Workspace(settings).admission)],
    )
    return TestClient(app)


def test_without_tokens_they_are_open_on_this_machine_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    strange = site(tmp_path, monkeypatch)
    for path in ("/v1", "/v1/runs", "/mcp", "/mcp/x"):
        answer = strange.get(path, headers=BEARS)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
    assert strange.get("/v1x").status_code == 200
    own = site(tmp_path, monkeypatch, here=True)
    for headers in ({}, {"Authorization": "Bearer hf_something"}):
        assert own.get("/v1/runs", headers=headers).json() == {
            "code": None,
            "id": "",
            "operator": True,
            "token": None,
        }
    assert own.get("/v1/runs", headers=BEARS).status_code == 404
    for shut in (
        {"api": "off"},
        {"public_url": "https://demo.example"},
        {"access_codes": SecretStr(new_code("anna", None, None)[1].line)},
    ):
        assert site(tmp_path, monkeypatch, here=True, **shut).get("/v1").status_code == 404


def test_a_token_comes_in_as_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = site(tmp_path, monkeypatch, api_tokens=TOKENS)
    for headers in ({}, {"Authorization": f"Bearer {SENT}0"}, {"Authorization": f"Basic {SENT}"}):
        answer = strange.get("/v1/runs", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "API token" in answer.json()["detail"]
        assert SENT not in answer.text
    for method in ("GET", "POST"):
        answer = strange.request(method, "/v1/runs", headers=BEARS)
        assert answer.json() == {
            "code": "token:ci",
            "id": KEPT.visitor,
            "operator": False,
            "token": "ci",
        }
    assert answer.headers["ratelimit"].startswith('"token";r=1;t=')
    assert strange.get("/v1/runs", headers=BEARS).status_code == 200
    refused = strange.get("/v1/runs", headers=BEARS)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["retry-after"]) <= 20
    assert refused.json()["hint"].startswith("You can go on in ")
    # A token opens doors, not the page.
    assert strange.get("/", headers=BEARS).json()["token"] is None


def test_on_a_space_a_setting_opens_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"api_tokens": TOKENS, "space_host": "demo.hf.space"}
    assert site(tmp_path, monkeypatch, **given).get("/v1", headers=BEARS).status_code == 404
    opened = site(tmp_path, monkeypatch, api="on", **given)
    assert opened.get("/v1", headers=BEARS).status_code == 200
    assert opened.get("/v1").status_code == 401
    shut = site(tmp_path, monkeypatch, api="off", api_tokens=TOKENS)
    assert shut.get("/v1", headers=BEARS).status_code == 404
