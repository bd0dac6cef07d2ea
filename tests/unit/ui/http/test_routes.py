from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lipsync_demo.hosting.signed import signed_media
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http.routes import routes

CONTENT = bytes(range(256)) * 8


class App:
    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data_dir=folder / "data")
        self.media = signed_media(self.settings)
        self.http = TestClient(Starlette(routes=routes(self.settings, self.media)))
        self.folder = folder

    def link(self, name: str) -> str:
        path = self.folder / name
        path.write_bytes(CONTENT)
        return self.media.sign(path)


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> App:
    monkeypatch.delenv("WAVESPEED_API_KEY", raising=False)
    return App(tmp_path)


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        (None, 200, CONTENT),
        ("bytes=0-99", 206, CONTENT[:100]),
        ("bytes=100-", 206, CONTENT[100:]),
        ("bytes=-50", 206, CONTENT[-50:]),
        ("bytes=99999-", 416, None),
    ],
)
def test_media_can_be_read_in_parts(
    app: App, wanted: str | None, status: int, content: bytes | None
) -> None:
    headers = {"Range": wanted} if wanted else {}
    answer = app.http.get(app.link("out.mp4"), headers=headers)
    assert answer.status_code == status
    if content is not None:
        assert answer.content == content
        assert answer.headers["content-type"] == "video/mp4"
        assert "private" in answer.headers["cache-control"]
        assert answer.headers["accept-ranges"] == "bytes"


def test_a_head_request_names_the_size(app: App) -> None:
    answer = app.http.head(app.link("out.mp4"))
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(CONTENT))


def test_an_altered_or_foreign_link_is_refused(app: App) -> None:
    link = app.link("out.mp4")
    assert app.http.get(link.replace("exp=", "exp=9")).status_code == 403
    assert app.http.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 403
    assert app.http.get("/media/out.mp4").status_code == 403
    assert app.http.get("/media/..%2f..%2fetc%2fpasswd?exp=1&sig=1").status_code in (403, 404)


def test_a_download_is_an_attachment_and_the_player_gets_none(app: App) -> None:
    link = app.link("out.mp4")
    assert "content-disposition" not in app.http.get(link).headers
    saved = app.http.get(f"{link}&download=1").headers["content-disposition"]
    assert saved == 'attachment; filename="1.mp4"'
    named = app.http.get(f"{link}&download=talk_bounce_6a9ca183.mp4")
    assert named.headers["content-disposition"] == (
        'attachment; filename="talk_bounce_6a9ca183.mp4"'
    )
    odd = app.http.get(f"{link}&download=..%2Fa%22%0D%0Ab.html").headers["content-disposition"]
    assert odd == 'attachment; filename="_a_b.mp4"'


def test_what_is_not_media_is_never_shown_in_the_browser(app: App) -> None:
    answer = app.http.get(app.link("page.html"))
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")


def test_health_is_json(app: App) -> None:
    answer = app.http.get("/healthz").json()
    assert answer["status"] == "ok"
    assert answer["backend"] == "local"


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_there_is_no_api_here_and_it_says_so_in_the_apis_own_words(app: App, method: str) -> None:
    answer = app.http.request(method, "/api/v3/sync/lipsync-1.9.0-beta")
    assert answer.status_code == 404
    assert answer.json()["code"] == 404
    assert answer.json()["data"] is None
