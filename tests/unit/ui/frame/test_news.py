"""Answers that nobody waits for."""

from __future__ import annotations

import json

import gradio as gr

from lipsync_demo.languages import speaking
from lipsync_demo.ui.frame import news
from lipsync_demo.ui.frame.news import Told, told
from lipsync_demo.ui.frame.pace import Pace
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


class Slow(Pace):
    """Tells every page to wait for three seconds."""

    def next(self, waited: float) -> float:
        return 3.0


def test_a_poll_s_answer_tells_the_page_when_to_ask_again() -> None:
    answers: list[Told] = [None, ("run", {}), None]
    with gr.Blocks() as page:
        timer, about = gr.Timer(1.0), gr.Textbox()
        answers[1] = "run", {timer: gr.Timer(active=False), about: "done"}
        waiting = iter(answers)
        news.poll(timer, Slow(), lambda run: next(waiting), [about], about, [about, timer])
    tick = next(event.fn for event in page.fns.values() if event.fn)
    slower = {"value": 3.0, "__type__": "update"}
    first = json.loads(tick("run", 1.0))
    assert first == {"about": "run", "changes": [None, slower]}
    second = json.loads(tick("run", "odd"))
    assert second["changes"] == [
        {"value": "done", "__type__": "update"},
        slower | {"active": False},
    ]
    assert tick("run", 3.0) == ""
