"""A session costs little, keeps what its events changed and its form holds, and ends."""

from __future__ import annotations

import tracemalloc
from asyncio import Queue as AsyncQueue
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from pydantic import SecretStr
from starlette.testclient import TestClient

from lipsync_demo.runs.record.visitor import Visitor, acting_as
from lipsync_demo.ui.frame import sessions
from lipsync_demo.ui.frame.context import AT_ONCE
from lipsync_demo.ui.frame.sessions import BOUND, LEFT_SECONDS, Session, Sessions
from lipsync_demo.ui.frame.turns import QueuedBlocks

WIDGETS = 200


@pytest.fixture(scope="module")
def blocks() -> gr.Blocks:
    with gr.Blocks() as made:
        box, shown, count = gr.Textbox(), gr.Textbox(), gr.State(0)
        choice, press = gr.Radio(["a", "b"]), gr.Button()
        for number in range(WIDGETS):
            gr.Textbox(f"widget {number}")

        def pressed(held: str, before: int) -> tuple[object, str, int]:
            return gr.Radio(["c", "d"]), f"{held} {before}", before + 1

        press.click(pressed, [box, count], [choice, shown, count], **AT_ONCE)
        choice.change(lambda chosen: chosen, [choice], [shown], **AT_ONCE)
    return made


@pytest.fixture
def page(blocks: gr.Blocks) -> TestClient:
    app = App.create_app(blocks)
    Sessions(blocks).serve(app)
    return TestClient(app)


def _press(page: TestClient, event: int, data: list[Any], session: str) -> Any:
    asked = {"fn_index": event, "data": data, "session_hash": session}
    answer = page.post("/gradio_api/run/predict", json=asked)
    answer.raise_for_status()
    return answer.json()["data"]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def held(blocks: gr.Blocks, clock: Clock) -> Sessions:
    made, app = Sessions(blocks, clock), SimpleNamespace()
    made.serve(app)
    assert app.state_holder is made
    assert blocks.state_holder is made
    return made


def test_sessions_are_apart_and_keep_what_events_changed(page: TestClient) -> None:
    assert [_press(page, 0, ["x", None], "mine")[1] for _ in range(3)] == ["x 0", "x 1", "x 2"]
    assert _press(page, 0, ["y", None], "yours")[1] == "y 0"
    # The choices of another session are still those that the page began with.
    assert _press(page, 1, ["d"], "mine") == ["d"]
    assert page.post(
        "/gradio_api/run/predict",
        json={"fn_index": 1, "data": ["d"], "session_hash": "new"},
    ).is_error


def test_a_session_costs_what_its_events_changed(blocks: gr.Blocks) -> None:
    held = Sessions(blocks)
    _ = held["first"]
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for number in range(50):
            _ = held[f"session {number}"]
        each = (tracemalloc.get_traced_memory()[0] - before) / 50
    finally:
        tracemalloc.stop()
    assert each < 6000, "Gradio describes every widget again"


def test_a_page_that_was_left_is_forgotten_and_an_open_one_is_not(
    held: Sessions, clock: Clock
) -> None:
    held["left"]
    with held.open("open"):
        held["open"]
        clock.now += LEFT_SECONDS + 1
        held.delete_all_expired_state()
        assert set(held.session_data) == {"open"}
        clock.now += 86400
    # Its time begins when it is left, as of a page that only lost its line.
    held.delete_all_expired_state()
    assert set(held.session_data) == {"open"}
    clock.now += LEFT_SECONDS + 1
    held.delete_all_expired_state()
    assert not held.session_data


def test_a_visitors_key_stays_for_its_own_time(
    held: Sessions, blocks: gr.Blocks, clock: Clock
) -> None:
    state = next(i for i, block in blocks.blocks.items() if isinstance(block, gr.State))
    held["a"][state] = SecretStr("a key")
    clock.now += LEFT_SECONDS + 1
    held.delete_all_expired_state()
    assert "a" in held.session_data


def test_it_describes_no_widget(held: Sessions, blocks: gr.Blocks) -> None:
    state, box = held["a"], next(b for b in blocks.blocks.values() if isinstance(b, gr.Textbox))
    assert isinstance(state, Session)
    state[box._id] = gr.Textbox("b", render=False)
    state._update_config(box._id)
    state._update_value_in_config(box._id, "c")
    assert not state.config_values
    assert state[box._id].value == "b"


def test_one_visitor_fills_no_others_room(held: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "MOST_OF_ONE", 3)
    monkeypatch.setattr(sessions, "MOST", 5)
    with acting_as(Visitor("other")):
        setattr(held["mine"], BOUND, "other")
    with held.open("w0"):
        for number in range(9):
            with acting_as(Visitor("one")):
                setattr(held[f"w{number}"], BOUND, "one")
        # Of pages that are open the last to go.
        assert list(held.session_data) == ["mine", "w0", "w7", "w8"]
    for number in range(9):
        with acting_as(Visitor(f"v{number}")):
            held[f"x{number}"]
    assert len(held.session_data) == 5


def test_the_files_of_a_form_are_held_until_it_has_others(held: Sessions) -> None:
    state = held["a"]
    assert isinstance(state, Session)
    video, batch = SimpleNamespace(_id=1), SimpleNamespace(_id=2)
    state.hold([video, batch], [{"path": "/u/a.mp4"}, [{"path": "/u/b"}, {"path": "/u/c"}, "x"]])
    assert held.held() == {"/u/a.mp4", "/u/b", "/u/c"}
    state.hold([batch], [None])
    state.hold([SimpleNamespace(_id=3)], ["a text"])
    assert held.held() == {"/u/a.mp4"}


def test_what_gradio_s_queue_keeps_of_a_page_that_was_left_goes_with_it(clock: Clock) -> None:
    with QueuedBlocks() as blocks:
        gr.Textbox()
    blocks.queue()
    queue, held = blocks._queue, Sessions(blocks, clock)
    queue.event_ids_to_events["an event"] = SimpleNamespace()
    named = {"left": set[str](), "answered": {"an event"}, "never fetched": {"one that ended"}}
    for name, events in named.items():
        held[name]
        queue.pending_messages_per_session[name] = AsyncQueue()
        queue.pending_event_ids_session[name] = events
    clock.now += LEFT_SECONDS + 1
    held.delete_all_expired_state()
    assert list(held.session_data) == []
    assert list(queue.pending_messages_per_session) == ["answered"]
    assert list(queue.pending_event_ids_session) == ["answered"]
