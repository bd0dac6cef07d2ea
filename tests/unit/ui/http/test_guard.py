from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from lipsync_demo.languages import speaking
from lipsync_demo.ui.http import bodies, words
from lipsync_demo.ui.http.guard import FORM_SLACK, JSON_LIMIT, PageGuard, blocked

UPLOAD_BYTES = 1000


async def _echo(request: Request) -> Response:
    return JSONResponse({"size": len(await request.body())})


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[Route("/{path:path}", _echo, methods=["GET", "POST", "PUT"])],
        middleware=[Middleware(PageGuard, upload_bytes=UPLOAD_BYTES)],
    )
    return TestClient(app)


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://example.com/x",
        "/gradio_api/file=HTTPS://example.com/x",
        "/gradio_api/file%3Dhttp%3A//example.com/x",
        "/gradio_api//file=http://example.com/x",
        "/gradio_api/file/http://example.com/x",
        "/gradio_api/deep_link",
        "/gradio_api/proxy=https://example.com",
        "/gradio_api/runs",
        "/gradio_api/run-history/records",
        "/gradio_api/vibe-code",
        "/gradio_api/undo-vibe-edit",
        "/gradio_api/process_recording",
        "/gradio_api/component_server",
        "/gradio_api/openapi.json",
        "/gradio_api/dev/reload",
        "/gradio_api/call/anything",
        "/gradio_api/info",
        "/gradio_api/queue/status",
        "/gradio_api/run/0",
        "/gradio_api/token",
        "/Gradio_API/queue/join/x",
        "/openapi.json",
        "/config",
        "/config/",
        "/login",
        "/monitoring",
        "/monitoring/summary",
    ],
)
def test_doors_this_page_does_not_need_are_shut(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
    assert client.post(path, json={}).status_code == 404


FOR_THE_PAGE = {
    "/": "its document",
    "/assets/{path:path}": "its scripts and styles",
    "/static/{path:path}": "the script by which a frame fits it",
    "/favicon.ico": "its icon",
    "/robots.txt": "search engines",
    "/theme.css": "its colours",
    "/manifest.json": "installing it; the app's own",
    "/gradio_api/app_id": "whether the server was started anew",
    "/gradio_api/cancel": "the end of an event that nobody waits for",
    "/gradio_api/file={path_or_url:path}": "uploads shown",
    "/gradio_api/heartbeat/{session_hash}": "whether it is still open",
    "/gradio_api/queue/data": "answers",
    "/gradio_api/queue/join": "events that wait their turn",
    "/gradio_api/reset": "the same as cancel",
    "/gradio_api/upload": "uploads",
    "/gradio_api/upload_progress": "their progress",
}
"""What the page uses of Gradio's routes, and what for; `run/predict` beside them."""


@pytest.mark.parametrize("path", ["/gradio_api/queue/join", "/gradio_api/upload"])
def test_a_body_whose_rest_does_not_come_is_given_up(
    monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(bodies, "PART_SECONDS", 0.01)
    monkeypatch.setattr(bodies, "UPLOAD_SECONDS", 0.01)
    sent: list[Message] = []
    parts: list[Message] = [{"type": "http.request", "body": b"half", "more_body": True}]

    async def receive() -> Message:
        return parts.pop() if parts else await asyncio.Future()

    async def send(message: Message) -> None:
        sent.append(message)

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("more_body"):
            pass

    scope = {"type": "http", "method": "POST", "path": path, "headers": [], "query_string": b""}
    asyncio.run(PageGuard(reads, upload_bytes=UPLOAD_BYTES)(scope, receive, send))
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]


def _within(route: Any) -> list[Any]:
    router = getattr(route, "original_router", None)
    return [route] if router is None else list(router.routes)


def test_every_route_of_gradio_is_used_by_the_page_or_shut() -> None:
    app = App.create_app(gr.Blocks())
    routes = [inner for route in app.routes for inner in _within(route)]
    known = {str(getattr(route, "path", "")) for route in routes}
    assert len(known) > 60
    assert set(FOR_THE_PAGE) <= known
    for path in known - {path + "/" for path in FOR_THE_PAGE}:
        asked = re.sub(r"\{[^}]*\}", "x", path)
        assert blocked(asked) is (path not in FOR_THE_PAGE), path
    assert not blocked("/gradio_api/run/predict")


@pytest.mark.parametrize("path", ["/login/huggingface", "/login/callback", "/logout"])
def test_the_way_to_sign_in_is_open_where_visitors_sign_in(path: str) -> None:
    for signs_in, status in ((True, 200), (False, 404)):
        app = Starlette(
            routes=[Route("/{path:path}", _echo)],
            middleware=[Middleware(PageGuard, upload_bytes=UPLOAD_BYTES, signs_in=signs_in)],
        )
        assert TestClient(app).get(path).status_code == status
        assert TestClient(app).get("/login").status_code == 404


def test_gradio_tells_itself_once_that_it_has_started(client: TestClient) -> None:
    assert client.get("/gradio_api/startup-events").status_code == 200
    assert client.get("/gradio_api/startup-events").status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/gradio_api/file=/own/file", "/gradio_api/queue/data", "/gradio_api/app_id"]
)
def test_doors_this_page_needs_are_open(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/", "/gradio_api/deep_link", "/gradio_api/queue/join"])
def test_every_answer_carries_the_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'self' https://huggingface.co" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in headers["permissions-policy"]


def _pieces(size: int) -> Iterator[bytes]:
    """A body without a declared length."""
    for start in range(0, size, 64 * 1024):
        yield b"x" * min(64 * 1024, size - start)


@pytest.mark.parametrize(
    ("path", "limit"),
    [("/gradio_api/queue/join", JSON_LIMIT), ("/gradio_api/upload", UPLOAD_BYTES + FORM_SLACK)],
)
@pytest.mark.parametrize("declared", [True, False])
def test_a_body_over_its_limit_is_refused_with_or_without_a_length(
    client: TestClient, path: str, limit: int, declared: bool
) -> None:
    def post(size: int) -> int:
        body = b"x" * size if declared else _pieces(size)
        return client.post(path, content=body).status_code

    assert post(limit) == 200
    assert post(limit + 1) == 413


@pytest.mark.parametrize("declared", [True, False])
def test_refusals_are_in_the_reader_s_language(client: TestClient, declared: bool) -> None:
    limit = UPLOAD_BYTES + FORM_SLACK
    body = b"x" * (limit + 1) if declared else _pieces(limit + 1)
    answer = client.post("/gradio_api/upload", content=body, headers={"Accept-Language": "de"})
    with speaking("de"):
        assert answer.json()["message"] == str(words.too_large(limit // 1024))
    assert answer.json()["message"] != words.too_large(limit // 1024)


def test_a_body_arrives_whole(client: TestClient) -> None:
    assert client.post("/anything", content=b"x" * 70_000).json() == {"size": 70_000}


@pytest.mark.parametrize(
    "path", ["https://example.com/x", " HTTP://127.0.0.1/", "file:///etc/passwd", "ftp://x/y"]
)
def test_a_remote_file_named_anywhere_in_a_body_is_refused(client: TestClient, path: str) -> None:
    body = {"data": [{"a": [{"path": path, "meta": {"_type": "gradio.FileData"}}]}]}
    answer = client.post("/gradio_api/queue/join", json=body)
    assert answer.status_code == 400
    assert client.post("/elsewhere", json=body).status_code == 200


@pytest.mark.parametrize(
    "body",
    [{"data": [{"path": "/own/file.mp4"}]}, {"data": ["https://example.com/x"]}, {"path": 7}],
)
def test_own_files_and_plain_addresses_pass(client: TestClient, body: object) -> None:
    assert client.post("/gradio_api/queue/join", json=body).status_code == 200


def test_deeply_nested_json_is_no_way_around(client: TestClient) -> None:
    depth = 20_000
    body = '{"a":' * depth + '{"path":"https://example.com"}' + "}" * depth
    assert client.post("/gradio_api/queue/join", content=body).status_code == 400
