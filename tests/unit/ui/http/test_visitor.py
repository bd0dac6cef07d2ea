"""Whose a request is: by its cookie, else by the name of its Gradio session."""

from __future__ import annotations

from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame.visitor import visitor_of
from lipsync_demo.ui.http.visitor import COOKIE, Visitors

SECRET = SecretStr("a secret that is long enough")
JOIN = "/gradio_api/queue/join"
STREAM = "/gradio_api/queue/data"


async def _tell(request: Request) -> Response:
    visitor = visitor_of(request)
    assert acting() == visitor
    told = {"id": visitor.id, "operator": visitor.operator, "lasting": visitor.lasting}
    return JSONResponse({**told, "body": (await request.body()).decode()})


class App:
    """The middleware around an app that says who asks."""

    def __init__(self, folder: Path, client: str = "203.0.113.5", **settings: object) -> None:
        self.settings = Settings(data_dir=folder, **settings)
        self.sessions: dict[str, str] = {}
        self._client = client

    def browser(self, host: str = "demo.example", scheme: str = "http") -> TestClient:
        """A new browser without cookies."""
        app = Starlette(
            routes=[Route("/{path:path}", _tell, methods=["GET", "POST"])],
            middleware=[
                Middleware(Visitors, settings=self.settings, whose=self.sessions.get),
            ],
        )
        return TestClient(app, f"{scheme}://{host}", client=(self._client, 5000))


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(tmp_path, host="0.0.0.0", signing_secret=SECRET)


def given(answer: Response) -> str:
    """The attributes of the cookie an answer gives."""
    return str(answer.headers.get("set-cookie", ""))


def test_a_browser_is_known_again_by_a_secret_that_only_it_has(app: App) -> None:
    one, other = app.browser(), app.browser()
    answer = one.get("/")
    assert "private" in answer.headers["cache-control"]
    cookie = given(answer)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie
    secret = SimpleCookie(cookie)[COOKIE].value.partition("&")[0]
    assert len(secret) == 43
    first = one.get("/").json()
    assert one.get("/").json() == first
    assert first["lasting"]
    assert not first["operator"]
    assert secret not in str(first)
    other.get("/")
    assert other.get("/").json()["id"] != first["id"]
    assert given(one.get("/")) == ""


def test_only_the_page_itself_gives_a_secret(app: App) -> None:
    browser = app.browser()
    assert given(browser.get("/share/x")) == ""
    assert given(browser.post(JOIN, json={"session_hash": "abc"})) == ""


@pytest.mark.parametrize(
    ("space", "scheme", "expected"),
    [
        (None, "https", "; SameSite=Lax; Secure"),
        ("me-demo.hf.space", "https", "; SameSite=None; Partitioned; Secure"),
        ("me-demo.hf.space", "http", "; SameSite=Lax"),
    ],
)
def test_the_cookie_of_a_framed_page_says_so(
    tmp_path: Path, space: str | None, scheme: str, expected: str
) -> None:
    app = App(tmp_path, signing_secret=SECRET, space_host=space)
    answer = app.browser().get("/", headers={"X-Forwarded-Proto": scheme})
    assert given(answer).endswith(f"HttpOnly{expected}")


def test_a_made_up_or_altered_cookie_is_none(app: App) -> None:
    browser = app.browser()
    kept = SimpleCookie(given(browser.get("/")))[COOKIE].value
    secret, _, signed = kept.partition("&")
    for forged in (
        f"{'A' * 43}&{signed}",
        f"{secret}&{signed[:-1]}{'0' if signed[-1] != '0' else '1'}",
        f"{secret}&{signed.replace('exp=', 'exp=9')}",
        secret,
        "",
    ):
        known = app.browser().post("/", headers={"Cookie": f"{COOKIE}={forged}"}).json()
        assert known == {"id": "", "operator": False, "lasting": False, "body": ""}


def test_several_replicas_know_the_same_browser(app: App, tmp_path: Path) -> None:
    other = App(tmp_path / "other", host="0.0.0.0", signing_secret=SECRET)
    browser = app.browser()
    kept = SimpleCookie(given(browser.get("/")))[COOKIE].value
    there = other.browser().get("/x", headers={"Cookie": f"{COOKIE}={kept}"}).json()
    assert there["id"] == browser.get("/x").json()["id"]


def test_without_a_cookie_it_is_the_page_that_is_known(app: App) -> None:
    browser = app.browser()
    one = browser.post(JOIN, json={"session_hash": "abc"}).json()
    assert not one["lasting"]
    assert len(one["id"]) == 32
    assert one["body"] == '{"session_hash":"abc"}'
    assert browser.get(f"{STREAM}?session_hash=abc").json()["id"] == one["id"]
    assert browser.get("/gradio_api/heartbeat/abc").json()["id"] == one["id"]
    assert browser.post(JOIN, json={"session_hash": "abd"}).json()["id"] != one["id"]
    assert browser.get("/report/run/x.html").json()["id"] == ""


def test_a_session_is_its_visitors_alone(app: App) -> None:
    one, other = app.browser(), app.browser()
    for browser in (one, other):
        browser.get("/")
    app.sessions["abc"] = one.get("/").json()["id"]
    for ask in (
        lambda b: b.post(JOIN, json={"session_hash": "abc"}),
        lambda b: b.post(JOIN, content='{"session_hash": "abc"}'),
        lambda b: b.get(f"{STREAM}?session_hash=abc"),
        lambda b: b.get("/gradio_api/heartbeat/abc"),
    ):
        assert ask(one).status_code == 200
        assert ask(other).status_code == 403
        assert ask(app.browser()).status_code == 403


@pytest.mark.parametrize(
    ("client", "host", "headers", "settings", "operator"),
    [
        ("127.0.0.1", "127.0.0.1:7860", {}, {}, True),
        ("127.0.0.1", "localhost:7860", {}, {}, True),
        ("::1", "[::1]:7860", {}, {}, True),
        ("127.0.0.1", "127.0.0.1:7860", {}, {"host": "0.0.0.0"}, True),
        ("203.0.113.5", "127.0.0.1:7860", {}, {"host": "0.0.0.0"}, False),
        ("127.0.0.1", "demo.example", {}, {}, False),
        ("127.0.0.1", "127.0.0.1:7860", {"X-Forwarded-For": "127.0.0.1"}, {}, False),
        ("127.0.0.1", "127.0.0.1:7860", {"Forwarded": "for=127.0.0.1"}, {}, False),
        ("127.0.0.1", "127.0.0.1:7860", {}, {"public_url": "https://demo.example"}, False),
        ("127.0.0.1", "127.0.0.1:7860", {}, {"space_host": "me-demo.hf.space"}, False),
    ],
)
def test_the_operator_is_a_browser_on_the_apps_own_machine(
    tmp_path: Path,
    client: str,
    host: str,
    headers: dict[str, str],
    settings: dict[str, object],
    operator: bool,
) -> None:
    app = App(tmp_path, client, signing_secret=SECRET, **settings)
    assert app.browser(host).get("/", headers=headers).json()["operator"] is operator
