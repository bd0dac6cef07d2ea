"""What comes through the door, and what does not: for strangers nothing has changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.access import doors
from lipsync_demo.access.doors import Doors
from lipsync_demo.access.tokens import ApiTokens
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.delivery.document import Document
from lipsync_demo.ui.http.gate import Gate
from lipsync_demo.ui.http.guard import PageGuard
from lipsync_demo.ui.programs.shown import MARK, Shown
from tests.unit.ui.programs.site import CI, READER, Site

STRANGER = {"X-Forwarded-For": "203.0.113.9"}
"""Tells that somebody passed the request on: whoever sent it does not run the app."""

API = "/programs/gradio_api"
NAMES = ("/config", "/config/", "/gradio_api/info", "/gradio_api/call/sync")
NAMES += ("/gradio_api/call/v2/sync", "/gradio_api/call/sync/0123")
PATIENCE = 60


def bearing(token: str) -> dict[str, str]:
    return {**STRANGER, "Authorization": f"Bearer {token}"}


def asked(site: Site, method: str, path: str, headers: Mapping[str, str], **given: Any) -> Any:
    return requests.request(method, f"{site.url}{path}", headers=headers, timeout=PATIENCE, **given)


@pytest.mark.parametrize("given", [{}, {"space_host": "demo.hf.space"}, {"api": "off"}])
def test_a_shut_door_is_no_door(tmp_path: Path, given: Mapping[str, Any]) -> None:
    settings = Settings(data_dir=tmp_path, **given)
    admission = Workspace(settings).admission

    async def there(request: Request) -> Response:
        return JSONResponse({"there": True})

    def page(*middleware: Middleware) -> TestClient:
        routes = [Route("/{_:path}", there, methods=["GET", "POST"])]
        return TestClient(Starlette(routes=routes, middleware=middleware))

    guarded = Middleware(PageGuard, upload_bytes=1000)
    before = page(guarded)
    knocks = Doors(settings, admission.tokens).knocks
    after = page(
        Middleware(PageGuard, upload_bytes=1000, knocks=knocks),
        Middleware(Gate, settings=settings, admission=admission),
    )
    for path in NAMES:
        for method in ("GET", "POST"):
            one, other = (client.request(method, path, json={}) for client in (before, after))
            assert (one.status_code, one.content) == (other.status_code, other.content)
            assert one.status_code == 404
    assert after.get(f"{API}/queue/data").status_code == 404


@pytest.mark.parametrize("here", [True, False])
def test_the_page_links_to_the_documentation_where_it_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: bool
) -> None:
    monkeypatch.setattr(doors, "asks_from_here", lambda scope: here)
    settings = Settings(data_dir=tmp_path)

    async def page(request: Request) -> Response:
        return HTMLResponse("<head></head>")

    middleware = [
        Middleware(Shown, doors=Doors(settings, ApiTokens(settings))),
        Middleware(Document, rewrite=lambda html, asked: html),
    ]
    client = TestClient(Starlette(routes=[Route("/", page)], middleware=middleware))
    assert (MARK in client.get("/").text) is here
    answer = client.get("/?view=api", follow_redirects=False)
    assert answer.headers.get("location") == ("/programs/?view=api" if here else None)


def test_a_token_is_asked_for(site: Site) -> None:
    for path in (*NAMES, "/programs/", f"{API}/queue/data", f"{API}/upload"):
        for headers in (STRANGER, bearing("lsd_ci_nonsense")):
            assert asked(site, "GET", path, headers).status_code == 401
    assert asked(site, "GET", "/config", bearing(READER)).status_code == 200


def test_programs_are_told_of_their_endpoints_only(site: Site) -> None:
    config = asked(site, "GET", "/config", {})
    info = asked(site, "GET", "/gradio_api/info", {"X-Nothing": ""})
    assert config.json()["api_prefix"] == API
    assert config.json()["run_history"] is False
    names = ["sync", "modes", "status", "compare"]
    assert [one["api_name"] for one in config.json()["dependencies"]] == names
    assert list(info.json()["named_endpoints"]) == [f"/{name}" for name in names]
    assert {one["type"] for one in config.json()["components"]} <= {"api", "html", "button"}
    for told in (config.text, info.text):
        for private in (str(site.video.parent), "/tmp/", str(Path(__file__).parents[3]), "/venv/"):
            assert private not in told
    assert len(config.content) < 50_000


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{API}/deep_link?session_hash=x"),
        ("GET", f"{API}/file=/etc/passwd"),
        ("GET", f"{API}/file=http://example.com"),
        ("GET", f"{API}/runs"),
        ("GET", f"{API}/call/sync/0123456789abcdef0123456789abcdef"),
        ("GET", f"{API}/queue/data?session_hash=nosuch"),
        ("GET", "/programs/config/../gradio_api/token"),
        ("GET", "/programs/monitoring"),
        ("GET", "/programs/login"),
        ("POST", f"{API}/run/sync"),
        ("POST", f"{API}/api/sync"),
        ("POST", f"{API}/component_server"),
        ("POST", f"{API}/call/nosuch"),
        ("POST", f"{API}/vibe-edit"),
        ("GET", f"{API}/proxy=https://example.com"),
    ],
)
def test_nothing_else_of_gradio_is_behind_it(site: Site, method: str, path: str) -> None:
    assert asked(site, method, path, {}, json={}).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("queue/join", {"data": [], "fn_index": 4, "session_hash": "s"}),
        ("queue/join", {"data": [], "fn_index": -1, "session_hash": "s"}),
        ("queue/join", {"data": {}, "fn_index": 0, "session_hash": "s"}),
        ("queue/join", {"fn_index": 0, "session_hash": "s"}),
        ("call/sync", {"data": [], "session_hash": "s"}),
        ("call/sync", {"data": {}}),
        ("call/v2/status", {"id": "x", "more": 1}),
        ("call/v2/status", {}),
        ("call/v2/status", {"id": float("nan")}),
    ],
)
def test_odd_calls_are_refused(site: Site, path: str, body: Any) -> None:
    answer = asked(site, "POST", f"{API}/{path}", {}, data=json.dumps(body))
    assert (answer.status_code, answer.json()["code"]) == (400, 400)


def called(site: Site, name: str, body: Any, headers: Mapping[str, str]) -> tuple[str, str]:
    """The answer to a call as curl makes it: the last event and its data."""
    begun = asked(site, "POST", f"/gradio_api/call/{name}", headers, json=body)
    assert begun.status_code == 200, begun.text
    answer = asked(site, "GET", f"/gradio_api/call/{name}/{begun.json()['event_id']}", headers)
    event, data = answer.text.strip().split("\n\n")[-1].split("\n")
    return event.removeprefix("event: "), data.removeprefix("data: ")


def test_curl_calls_by_name(site: Site) -> None:
    with site.video.open("rb") as file:
        uploaded = asked(site, "POST", f"{API}/upload", bearing(CI), files={"files": file})
    (upload_id,) = uploaded.json()
    assert len(upload_id) == 32
    video = {"path": upload_id, "meta": {"_type": "gradio.FileData"}}
    event, data = called(site, "v2/modes", {"video": video, "audio": video}, bearing(CI))
    assert event == "error"
    assert "has no sound" in data
    event, data = called(site, "status", {"data": ["f" * 32]}, bearing(READER))
    assert event == "error"
    assert "There is no run" in data
    # An upload is its token's alone, and what lies on the server is nobody's.
    for path in (upload_id, str(site.video), "../../etc/passwd"):
        other = {"path": path, "meta": {"_type": "gradio.FileData"}}
        event, data = called(site, "v2/modes", {"video": other, "audio": other}, bearing(READER))
        assert (event, "no such upload" in data) == ("error", True)


def test_what_a_token_may_not_do_is_said(site: Site) -> None:
    answer = asked(site, "POST", f"{API}/upload", bearing(READER), files={"files": b"x"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert asked(site, "POST", f"{API}/upload", {}, data=b"x").status_code == 400


def test_sessions_and_answers_are_their_tokens(site: Site) -> None:
    def join(session: str, token: str, query: str = "") -> Any:
        body = {"data": ["0" * 32], "fn_index": 2, "session_hash": session}
        return asked(site, "POST", f"{API}/queue/join{query}", bearing(token), json=body)

    assert join("mine", CI).status_code == 200
    assert join("mine", READER).status_code == 403
    assert join("other", READER, "?session_hash=mine").status_code == 403
    data = f"{API}/queue/data?session_hash=mine"
    assert asked(site, "GET", data, bearing(READER)).status_code == 403
    assert asked(site, "GET", f"{data}&session_hash=other", bearing(CI)).status_code == 403
    assert "There is no run" in asked(site, "GET", data, bearing(CI)).text
    begun = asked(site, "POST", f"{API}/call/status", bearing(CI), json={"data": ["0" * 32]})
    answer = f"{API}/call/status/{begun.json()['event_id']}"
    assert asked(site, "GET", answer, bearing(CI)).status_code == 200
    assert asked(site, "GET", answer, bearing(CI)).status_code == 404


def test_the_documentation_is_there_for_whoever_comes_in(site: Site) -> None:
    answer = asked(site, "GET", "/programs", {}, allow_redirects=False)
    assert answer.headers["location"] == "/programs/?view=api"
    shown = asked(site, "GET", "/programs/?view=api", {})
    assert shown.status_code == 200
    assert "text/html" in shown.headers["content-type"]
    assert str(site.video.parent) not in shown.text
