"""Events act for the visitor who sent them, and what a session holds is theirs alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from pydantic import SecretStr
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from lipsync_demo.runs.record.visitor import Visitor, acting, acting_id
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame.context import AT_ONCE
from lipsync_demo.ui.frame.visiting import MOST_TAKEN, VisitedBlocks, for_visitor, own_only
from lipsync_demo.ui.http.visitor import Visitors

Browser = Callable[[], TestClient]


class Answers:
    """What the last event was told."""

    session: object = None
    ids: object = None
    visitor: object = None


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture(params=[True, False], ids=["at the door", "inside"])
def browser(tmp_path: Path, answers: Answers, request: pytest.FixtureRequest) -> Browser:
    """A maker of browsers of one page; with and without the check in front of Gradio."""
    with VisitedBlocks() as blocks:
        box, shown, key = gr.Textbox(), gr.Textbox(), gr.State("")
        session = for_visitor(gr.BrowserState(""))
        ids = own_only(gr.BrowserState([]), lambda i, owner: [one for one in i if one == owner])
        keep, show = gr.Button(), gr.Button()

        def told(held: str, said: object, known: object) -> str:
            answers.session, answers.ids, answers.visitor = said, known, acting_id()
            assert acting() is not None
            return held

        keep.click(lambda text: text, [box], [key], **AT_ONCE)
        show.click(told, [key, session, ids], [shown], **AT_ONCE)
    settings = Settings(
        data_dir=tmp_path, host="0.0.0.0", signing_secret=SecretStr("a secret that is long enough")
    )
    belongs = blocks.belongs if request.param else lambda session, visitor: True
    kwargs = {
        "middleware": [Middleware(Visitors, settings=settings, belongs=belongs)],
        "routes": [Route("/", lambda _: PlainTextResponse("page"))],
    }
    app = App.create_app(blocks, app_kwargs=kwargs)

    def made() -> TestClient:
        client = TestClient(app, "http://demo.example", client=("203.0.113.5", 5000))
        client.get("/")
        return client

    return made


def send(client: TestClient, number: int, data: list[Any], session: str) -> Any:
    body = {"fn_index": number, "data": data, "session_hash": session}
    return client.post("/gradio_api/run/predict", json=body)


def test_a_key_is_not_used_by_whoever_names_its_session(browser: Browser) -> None:
    one, other, unknown = browser(), browser(), browser()
    unknown.cookies.clear()
    assert send(one, 0, ["wsk_of_one"], "abc").status_code == 200
    assert send(one, 1, [None, "", []], "abc").json()["data"] == ["wsk_of_one"]
    for stranger in (other, unknown):
        assert send(stranger, 1, [None, "", []], "abc").status_code in (403, 500)
        assert send(stranger, 0, ["wsk_of_other"], "abc").status_code in (403, 500)
    assert send(one, 1, [None, "", []], "abc").json()["data"] == ["wsk_of_one"]
    assert send(other, 1, [None, "", []], "its own").json()["data"] == [""]


def test_a_visitor_is_told_by_the_cookie_and_not_by_what_a_page_says(
    browser: Browser, answers: Answers
) -> None:
    one, other = browser(), browser()
    send(one, 1, [None, "", []], "one")
    mine = answers.visitor
    send(other, 1, [None, mine, [mine]], "other")
    assert answers.visitor not in (None, mine)
    assert answers.session == answers.visitor
    assert answers.ids == []
    send(one, 1, [None, answers.visitor, [mine, answers.visitor]], "one")
    assert answers.session == mine
    assert answers.ids == [mine]


def test_a_session_is_its_visitors_before_its_first_event_is_answered() -> None:
    one, other = Visitor("one"), Visitor("other")
    with VisitedBlocks() as blocks:
        gr.Textbox()
    assert blocks.belongs("new", one)
    assert not blocks.belongs("new", other)
    assert not blocks.belongs("new", Visitor("unknown", lasting=False))
    for number in range(MOST_TAKEN - 1):
        assert blocks.belongs(f"later-{number}", other)
    assert blocks.belongs("new", one)
    assert blocks.belongs("one too many", other)
    assert blocks.belongs("new", other), "the oldest is forgotten, which has no session"


def test_a_page_without_cookies_goes_on_when_it_is_given_one(
    browser: Browser, answers: Answers
) -> None:
    """As after a restart with another secret, once a second tab was given a new cookie."""
    tab, other = browser(), browser()
    given = dict(tab.cookies)
    tab.cookies.clear()
    assert send(tab, 0, ["kept"], "abc").status_code == 200
    tab.cookies.update(given)
    assert send(tab, 1, [None, "", []], "abc").json()["data"] == ["kept"]
    assert send(other, 1, [None, "", []], "abc").status_code in (403, 500)
    tab.cookies.clear()
    assert send(tab, 1, [None, "", []], "abc").status_code in (403, 500)
