"""The gate: who enters, as whom, and how much at once."""

from __future__ import annotations

import re
import time
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
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.access import local_peer
from lipsync_demo.access.asker import asker
from lipsync_demo.access.codes import new_code
from lipsync_demo.languages import LANGUAGES, speaking
from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame.visitor import visitor_of
from lipsync_demo.ui.http import code_turns, words
from lipsync_demo.ui.http.gate import COOKIE, Gate
from lipsync_demo.ui.http.language import ReaderLanguage
from lipsync_demo.ui.http.visitor import Visitors

READS = {"Accept": "text/html"}
CODE, KEPT = new_code("anna", Decimal(5), 20)


class SignedIn:
    """Stands for Gradio's session of somebody who has signed in with Hugging Face."""

    def __init__(self, app: ASGIApp, info: dict[str, Any] | None) -> None:
        self._app, self._info = app, info

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["session"] = {"oauth_info": self._info} if self._info else {}
        await self._app(scope, receive, send)


async def _who(request: Request) -> Response:
    by = asker()
    assert by is not None
    visitor = acting()
    operator = visitor is not None and visitor.operator
    assert visitor_of(request).operator is operator
    return JSONResponse({"code": by.code, "origin": by.origin, "operator": operator})


def page(
    tmp_path: Path,
    user: dict[str, Any] | None = None,
    address: str = "203.0.113.5",
    known: bool = False,
    **given: Any,
) -> TestClient:
    settings = Settings(data_dir=tmp_path / "data", **given)
    work = Workspace(settings)
    app = Starlette(
        routes=[Route("/{path:path}", _who, methods=["GET", "POST"])],
        middleware=[
            Middleware(SignedIn, info=user),
            *(
                [Middleware(Visitors, settings=settings, belongs=lambda session, visitor: True)]
                if known
                else []
            ),
            Middleware(ReaderLanguage),
            Middleware(Gate, settings=settings, admission=work.admission),
        ],
    )
    return TestClient(app, client=(address, 1), follow_redirects=False)


def entered(client: TestClient, code: str = CODE, target: str = "/") -> Response:
    return client.post("/enter", data={"code": code, "next": target})  # type: ignore[return-value]


def test_without_codes_everybody_enters_and_is_known_by_a_hash(tmp_path: Path) -> None:
    client = page(tmp_path)
    told = client.get("/").json()
    assert told["code"] is None
    assert re.fullmatch(r"[0-9a-f]{32}", told["origin"])
    other = page(tmp_path, address="203.0.113.6").get("/").json()
    assert other["origin"] != told["origin"]
    one, same, another = (
        page(tmp_path, address=f"2001:db8:1:{net}::{host}").get("/").json()["origin"]
        for net, host in ((1, 1), (1, "ffff"), (2, 1))
    )
    assert one == same != another
    assert client.post("/enter", data={"code": CODE}).json()["code"] is None


def test_nothing_is_answered_before_the_code(tmp_path: Path) -> None:
    client = page(tmp_path, access_codes=SecretStr(KEPT.line))
    first = client.get("/?run=abc&x=%22%3E", headers=READS)
    assert first.status_code == 200
    assert first.headers["cache-control"] == "no-store"
    assert 'name="next" value="/?run=abc&amp;x=%22%3E"' in first.text
    for path in ("/config", "/gradio_api/info", "/theme.css", "/report/run/x.html", "/enterprise"):
        assert client.get(path).status_code == 401, path
    for path in ("/gradio_api/run/predict", "/gradio_api/upload", "/gradio_api/queue/join"):
        answer = client.post(path, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, 401)
    for path in ("/healthz", "/media/x", "/share/x", "/live/x", "/manifest.json", "/icon-192.png"):
        assert client.get(path).json()["code"] is None, path


def test_a_code_opens_the_page_until_it_is_left_or_removed(tmp_path: Path) -> None:
    kept = tmp_path / "codes"
    kept.write_text(KEPT.line)
    client = page(tmp_path, access_codes=SecretStr(str(kept)))
    wrong = entered(client, f"{CODE[:-1]}{'1' if CODE[-1] == '0' else '0'}")
    assert wrong.status_code == 403
    assert "does not open the page" in wrong.text  # type: ignore[attr-defined]
    assert COOKIE not in client.cookies
    right = entered(client, target="/?run=abc")
    assert (right.status_code, right.headers["location"]) == (303, "/?run=abc")
    told = right.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert CODE not in told
    assert client.get("/").json()["code"] == "anna"
    assert client.post("/gradio_api/queue/join", json={}).json()["code"] == "anna"
    ticket = client.cookies[COOKIE]
    client.post("/leave")
    assert client.get("/config").status_code == 401
    client.cookies[COOKIE] = ticket
    assert client.get("/config").status_code == 200
    kept.write_text(new_code("anna", None, None)[1].line)
    assert client.get("/config").status_code == 401


def test_only_an_operators_code_makes_the_operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_peer, "is_own", lambda client, server: True)
    kept = tmp_path / "codes"
    typed, code = new_code("ben", None, None, operator=True)
    kept.write_text(f"{KEPT.line}\n{code.line}")
    given = {"access_codes": SecretStr(str(kept)), "address": "127.0.0.1", "known": True}
    anna, ben = page(tmp_path, **given), page(tmp_path, **given)
    for client, secret in ((anna, CODE), (ben, typed)):
        # A browser on this machine is none by itself where people enter.
        client.base_url = "http://127.0.0.1"
        assert client.get("/share/x").json()["operator"] is False
        entered(client, secret)
    assert anna.get("/").json()["operator"] is False
    assert ben.get("/").json()["operator"] is True
    # Another code's session with this one's name, or this one without the role.
    forged = {"Cookie": f"{COOKIE}={anna.cookies[COOKIE].replace('anna', 'ben')}"}
    assert page(tmp_path, **given).get("/", headers=forged).status_code == 401
    kept.write_text(code.line.replace(" operator", ""))
    assert ben.get("/").json()["operator"] is False


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "x", "/enter", "/\r\nx"]
)
def test_whoever_enters_stays_on_the_page(tmp_path: Path, target: str) -> None:
    client = page(tmp_path, access_codes=SecretStr(KEPT.line))
    assert entered(client, target=target).headers["location"] == "/"


def test_a_space_in_a_frame_gets_a_cookie_that_frames_keep(tmp_path: Path) -> None:
    given = {"access_codes": SecretStr(KEPT.line), "space_host": "a-b.hf.space"}
    client = page(tmp_path, **given)
    answer = client.post("/enter", data={"code": CODE}, headers={"X-Forwarded-Proto": "https"})
    assert "SameSite=none; Secure" in answer.headers["set-cookie"]


def test_wrong_codes_are_throttled_by_address_and_say_until_when(tmp_path: Path) -> None:
    client = page(tmp_path, access_codes=SecretStr(KEPT.line), rates="entries=1")
    codes = [entered(client, "anna-wrong").status_code for _ in range(8)]
    assert codes == [403] * 6 + [429] * 2
    late = entered(client)
    assert late.status_code == 429
    assert "Too many codes were tried" in late.text  # type: ignore[attr-defined]
    assert re.search(r"in \d+ seconds", late.text)  # type: ignore[attr-defined]
    assert 1 <= int(late.headers["retry-after"]) <= 60


def test_whoever_would_wait_too_long_for_a_code_is_told_to_try_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = page(tmp_path, access_codes=SecretStr(KEPT.line))
    assert entered(client).status_code == 303
    monkeypatch.setattr(code_turns, "OF_ONE", 0)
    monkeypatch.setattr(code_turns.CodeTurns, "_next", lambda self: None)
    assert entered(client).status_code == 303  # its turn never ends
    late = client.post("/enter", data={"code": CODE}, headers={"Accept-Language": "de"})
    assert (late.status_code, late.headers["retry-after"]) == (429, "5")
    with speaking("de"):
        assert str(words.MANY_CODES) in late.text


def test_the_entry_page_is_in_the_reader_s_language(tmp_path: Path) -> None:
    client = page(tmp_path, access_codes=SecretStr(KEPT.line))
    headings = set()
    for language in LANGUAGES:
        text = client.get("/", headers={**READS, "Accept-Language": language}).text
        assert f'<html lang="{language}">' in text
        assert text.count('hreflang="') == len(LANGUAGES) - 1
        headings.add(text[text.index("<h1>") : text.index("</h1>")])
    assert len(headings) == len(LANGUAGES)
    turned = client.get("/?lang=de&run=abc", headers=READS)
    assert 'lang="de"' in turned.text
    assert "lipsync_language=de" in turned.headers["set-cookie"]


SPACE: dict[str, Any] = {
    "space_host": "a-b.hf.space",
    "oauth_client_id": "id",
    "hf_users": "Anna,my-org",
}


def info(name: str, *orgs: str, live: bool = True) -> dict[str, Any]:
    """What Gradio keeps of a sign-in."""
    told = [{"preferred_username": org} for org in orgs]
    user = {"preferred_username": name, "orgs": told}
    return {"userinfo": user, "expires_at": time.time() + (60 if live else -60)}


def test_users_of_hugging_face_enter_when_they_are_on_the_list(tmp_path: Path) -> None:
    for user, known in (
        (info("anna"), "hf:anna"),
        (info("Carl", "x", "My-Org"), "hf:Carl"),
        (None, None),
        (info("ben"), None),
        (info("anna", live=False), None),
    ):
        client = page(tmp_path, user, **SPACE)
        answer = client.get("/config")
        assert (answer.json()["code"] if answer.status_code == 200 else None) == known
    strange = page(tmp_path, info("ben<b>"), **SPACE).get("/?run=abc", headers=READS)
    assert "ben&lt;b&gt; is not among the users who may enter." in strange.text
    assert 'href="/login/huggingface?_target_url=%2F%3Frun%3Dabc"' in strange.text
    assert 'name="code"' not in strange.text
    assert page(tmp_path, **SPACE).get("/login/huggingface").status_code == 200


def test_uploads_are_counted_before_they_are_read(tmp_path: Path) -> None:
    client = page(tmp_path, rates="uploads=1")
    codes = [client.post("/gradio_api/upload", content=b"x").status_code for _ in range(8)]
    assert codes == [200] * 6 + [429] * 2
