"""Answers are streamed to sessions that have sent an event, and to nobody else."""

from __future__ import annotations

import logging

import gradio as gr
import pytest
from gradio.routes import App
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from lipsync_demo.ui.frame.visiting import VisitedBlocks
from lipsync_demo.ui.http.streams import STREAM, Streams

JOIN = "/gradio_api/queue/join"


def test_a_session_without_an_event_has_no_answers(caplog: pytest.LogCaptureFixture) -> None:
    with VisitedBlocks() as blocks:
        box = gr.Textbox()
        gr.Button().click(lambda text: f"{text}!", [box], [box])
    app = App.create_app(
        blocks, app_kwargs={"middleware": [Middleware(Streams, waits=blocks.waits)]}
    )
    with TestClient(app) as client, caplog.at_level(logging.ERROR):
        for query in ("", "?session_hash=", "?session_hash=nosuch"):
            answer = client.get(f"{STREAM}{query}")
            assert (answer.status_code, answer.json()["code"]) == (404, 404)
        body = {"fn_index": 0, "data": ["heard"], "session_hash": "mine"}
        client.get("/gradio_api/startup-events")
        assert client.post(JOIN, json=body).status_code == 200
        assert "heard!" in client.get(f"{STREAM}?session_hash=mine").text
    assert not caplog.records
