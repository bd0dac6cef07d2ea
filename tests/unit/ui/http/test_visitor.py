"""Whose a request is: by its cookie, else by the name of its Gradio session."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
import requests
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.access import local_peer
from lipsync_demo.runs.record.visitor import Visitor, acting
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame.visitor import visitor_of
from lipsync_demo.ui.http.visitor import COOKIE, Visitors
from tests.browser.site import free_port
from tests.unit.ui.http.serving import serving

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

    def _belongs(self, session: str, visitor: Visitor) -> bool:
        return self.sessions.setdefault(session, visitor.id) == visitor.id

    def browser(self, host: str = "demo.example", scheme: str = "http") -> TestClient:
        """A new browser without cookies."""
        app = Starlette(
            routes=[Route("/{path:path}", _tell, methods=["GET", "POST"])],
            middleware=[
                Middleware(Visitors, settings=self.settings, belongs=self._belongs),
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
    doubled = f"{STREAM}?session_hash=mine&session"
    for browser in (one, other):
        for name in ("_hash", "%5Fhash"):
            assert browser.get(f"{doubled}{name}=abc").status_code == 403
        told = browser.post(f"{JOIN}?session_hash=mine", json={"session_hash": "abc"})
        assert told.status_code == 403
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
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(local_peer, "is_own", lambda client, server: True)
    app = App(tmp_path, client, signing_secret=SECRET, **settings)
    assert app.browser(host).get("/", headers=headers).json()["operator"] is operator


@pytest.mark.parametrize(("own", "operator"), [(True, True), (False, False), (None, True)])
def test_another_users_program_is_not_the_operators(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own: bool | None, operator: bool
) -> None:
    monkeypatch.setattr(local_peer, "is_own", lambda client, server: own)
    app = App(tmp_path, "127.0.0.1", signing_secret=SECRET)
    assert app.browser("127.0.0.1:7860").get("/").json()["operator"] is operator


LINE = "GET / HTTP/{version}\r\nHost: 127.0.0.1:7860\r\nConnection: close\r\n\r\n"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[int]:
    """The app on a port of this machine, without a public address."""
    with serving(App(tmp_path, signing_secret=SECRET).browser().app) as port:
        yield port


def _told(port: int, request: str) -> bool:
    """Whether the server takes a request that is sent as it is for the operator's."""
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(request.encode())
        answer = b"".join(iter(lambda: line.recv(65536), b""))
    return bool(json.loads(answer.partition(b"\r\n\r\n")[2])["operator"])


def test_what_nginx_sends_by_default_is_not_the_operators(served: int) -> None:
    assert _told(served, LINE.format(version="1.1"))
    assert not _told(served, LINE.format(version="1.0"))


PROXY = """
import encodings.idna, os, socket, sys
os.setuid(65534)
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as line:
    line.sendall(sys.argv[2].encode())
    print(b"".join(iter(lambda: line.recv(65536), b"")).decode())
"""


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="only root can be another user")
def test_a_program_of_another_user_is_not_the_operators(served: int) -> None:
    """As a proxy that speaks HTTP/1.1."""
    asked = [sys.executable, "-c", PROXY, str(served), LINE.format(version="1.1")]
    said = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    assert json.loads(said.partition("\n\n")[2])["operator"] is False


CONFIGURATION = """
daemon off; pid {folder}/pid; error_log {folder}/errors;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{app}; {more} }} }}
}}
"""

SILENT = 'proxy_http_version 1.1; proxy_set_header Connection "";'
"""What is often written for keeping connections: nothing tells of the proxy but its user."""


@pytest.mark.skipif(shutil.which("nginx") is None, reason="there is no nginx")
@pytest.mark.parametrize("more", ["", SILENT, "proxy_set_header X-Real-IP $remote_addr;"])
def test_nobody_is_the_operator_behind_a_real_nginx(served: int, tmp_path: Path, more: str) -> None:
    port, folder = free_port(), tmp_path / "nginx"
    folder.mkdir()
    given = {"folder": folder, "port": port, "app": served, "more": more}
    (folder / "conf").write_text(CONFIGURATION.format(**given))
    nginx = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "conf")])
    try:
        while True:
            try:
                answer = requests.get(f"http://127.0.0.1:{port}/", timeout=30)
                break
            except requests.ConnectionError:
                assert nginx.poll() is None
        assert answer.json()["operator"] is False
    finally:
        nginx.terminate()
        nginx.wait()
