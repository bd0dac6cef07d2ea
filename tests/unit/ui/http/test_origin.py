"""Other sites cannot have a visitor's browser act here, nor read what it is answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.origin import OwnOrigin

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


async def _tell(request: Request) -> Response:
    return JSONResponse({"origin": request.headers.get("origin")})


def client(folder: Path, base: str, **settings: object) -> TestClient:
    app = Starlette(
        routes=[Route("/{path:path}", _tell, methods=METHODS)],
        middleware=[Middleware(OwnOrigin, settings=Settings(data_dir=folder, **settings))],
    )
    return TestClient(app, base)


SPACE = {"space_host": "me-demo.hf.space,demo.example", "host": "0.0.0.0"}


@pytest.mark.parametrize(
    ("base", "settings", "headers", "status"),
    [
        ("http://127.0.0.1:7860", {}, {"Origin": "http://127.0.0.1:7860"}, 200),
        ("http://127.0.0.1:7860", {}, {}, 200),
        ("http://127.0.0.1:7860", {}, {"Sec-Fetch-Site": "same-origin"}, 200),
        ("http://127.0.0.1:7860", {}, {"Sec-Fetch-Site": "cross-site"}, 403),
        ("http://127.0.0.1:7860", {}, {"Sec-Fetch-Site": "same-site"}, 403),
        ("http://127.0.0.1:7860", {}, {"Origin": "http://127.0.0.1:7861"}, 403),
        ("http://127.0.0.1:7860", {}, {"Origin": "http://localhost:7860"}, 403),
        ("http://127.0.0.1:7860", {}, {"Origin": "null"}, 403),
        ("http://127.0.0.1:7860", {}, {"Origin": "https://evil.example"}, 403),
        ("http://me-demo.hf.space", SPACE, {"Origin": "https://me-demo.hf.space"}, 200),
        ("http://10.1.2.3:7860", SPACE, {"Origin": "https://demo.example"}, 200),
        ("http://me-demo.hf.space", SPACE, {"Origin": "https://huggingface.co"}, 403),
        ("http://me-demo.hf.space", SPACE, {"Origin": "https://other.hf.space"}, 403),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_only_the_apps_own_page_changes_anything(
    tmp_path: Path,
    method: str,
    base: str,
    settings: dict[str, object],
    headers: dict[str, str],
    status: int,
) -> None:
    answer = client(tmp_path, base, **settings).request(method, "/x", headers=headers)
    assert answer.status_code == status


def test_another_site_may_link_here_and_nothing_inside_learns_of_it(tmp_path: Path) -> None:
    browser = client(tmp_path, "http://127.0.0.1:7860")
    answer = browser.get("/", headers={"Origin": "https://evil.example"})
    assert answer.json() == {"origin": None}


@pytest.mark.parametrize(
    ("host", "settings", "status"),
    [
        ("127.0.0.1:7860", {}, 200),
        ("localhost:7860", {}, 200),
        ("[::1]:7860", {}, 200),
        ("evil.example:7860", {}, 400),
        ("evil.example:7860", {"host": "0.0.0.0"}, 200),
        ("evil.example", SPACE, 400),
        ("demo.example", SPACE, 200),
        ("10.1.2.3:7860", SPACE, 200),
        ("evil.example", {"host": "0.0.0.0", "hosts": "demo.example, *.here"}, 400),
        ("one.here", {"host": "0.0.0.0", "hosts": "demo.example, *.here"}, 200),
        ("evil.example", {"public_url": "https://demo.example"}, 400),
        ("demo.example", {"public_url": "https://demo.example"}, 200),
    ],
)
def test_a_request_names_one_of_the_apps_own_hosts(
    tmp_path: Path, host: str, settings: dict[str, object], status: int
) -> None:
    answer = client(tmp_path, "http://127.0.0.1", **settings).get("/", headers={"Host": host})
    assert answer.status_code == status


def test_a_request_with_two_lengths_is_refused(tmp_path: Path) -> None:
    headers = {"Content-Length": "3", "Transfer-Encoding": "chunked"}
    answer = client(tmp_path, "http://127.0.0.1").post("/x", content=b"abc", headers=headers)
    assert answer.status_code == 400
    assert answer.headers["connection"] == "close"
