"""An event that fails says why, and is no mistake of the server unless it is one."""

from __future__ import annotations

from typing import Any

import gradio as gr
import pytest
from gradio.exceptions import InvalidPathError
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from lipsync_demo.database import DatabaseBusy
from lipsync_demo.ui.frame.failures import Failures, sanitised
from lipsync_demo.ui.frame.multilingual import MultilingualBlocks
from lipsync_demo.wavespeed.errors import DownloadFailed

KINDS = {
    "explained": (DownloadFailed("The file is gone.", "Give another."), 422, "gone. Give another."),
    "database": (DatabaseBusy("It is busy.", "See /srv/secret."), 503, "It is busy. Look for room"),
    "disk": (OSError(28, "No space left on device", "/srv/data/x"), 503, "no space left on device"),
    "name": (OSError(36, "File name too long", "x" * 300), 422, "file name too long"),
    "gone": (InvalidPathError("Cannot move /srv/secret/x"), 422, "Choose it again."),
    "gradio": (gr.Error("No such choice"), 422, "No such choice"),
    "mistake": (KeyError("wsk_secret"), 500, "The app made a mistake."),
}


@pytest.fixture(scope="module")
def http() -> TestClient:
    def act(text: str) -> str:
        if text in KINDS:
            raise KINDS[text][0]
        return text

    with MultilingualBlocks() as page:
        box, button = gr.Textbox(), gr.Button()
        button.click(act, box, box, queue=False, api_visibility="private")
    app = App.create_app(page, app_kwargs={"middleware": [Middleware(Failures)]})
    return TestClient(app, raise_server_exceptions=False)


def press(http: TestClient, body: bytes) -> Any:
    return http.post(
        "/gradio_api/run/predict", content=body, headers={"Content-Type": "application/json"}
    )


@pytest.mark.expects_error_log
@pytest.mark.parametrize("kind", KINDS)
def test_a_failed_event_has_a_status_and_a_sentence(http: TestClient, kind: str) -> None:
    _, status, words = KINDS[kind]
    answer = press(http, b'{"fn_index": 0, "data": ["%s"]}' % kind.encode())
    assert answer.status_code == status
    assert words in answer.json()["error"]
    assert "secret" not in answer.text


def test_a_lone_surrogate_is_replaced(http: TestClient) -> None:
    answer = press(http, b'{"fn_index": 0, "data": ["a\\ud800b"]}')
    assert answer.status_code == 200
    assert answer.json()["data"] == ["a?b"]


def test_everything_in_an_answer_can_be_written_as_utf_8() -> None:
    value = {"a\ud800": ["\udfff", {"b": "é😀"}], "c": 1, "d": None}
    assert sanitised(value) == {"a?": ["?", {"b": "é😀"}], "c": 1, "d": None}
