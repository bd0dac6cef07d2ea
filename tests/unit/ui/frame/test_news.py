"""Answers that nobody waits for."""

from __future__ import annotations

import json

import gradio as gr

from lipsync_demo.languages import speaking
from lipsync_demo.ui.frame.news import told
from lipsync_demo.ui.studio import words


def test_an_answer_lists_its_changes_in_the_order_of_the_widgets() -> None:
    stage, button, timer = gr.HTML(), gr.Button(), gr.Timer(active=False)
    changes = {timer: gr.Timer(active=True), stage: "<p>"}
    assert json.loads(told(("a run", changes), [stage, button, timer])) == {
        "about": "a run",
        "changes": [
            {"value": "<p>", "__type__": "update"},
            None,
            {"active": True, "__type__": "update"},
        ],
    }


def test_an_answer_is_in_the_language_of_the_reader() -> None:
    stage = gr.HTML()
    with speaking("de"):
        answer = json.loads(told(("", {stage: words.GO}), [stage]))
    assert answer["changes"][0]["value"] == "Lippen synchronisieren"


def test_an_answer_without_changes_is_empty() -> None:
    assert told(None, [gr.HTML()]) == ""
