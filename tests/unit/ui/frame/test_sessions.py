"""A session costs little, keeps what its events changed, and ends."""

from __future__ import annotations

import time
import tracemalloc
from types import SimpleNamespace
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from starlette.testclient import TestClient

from lipsync_demo.ui.frame import sessions
from lipsync_demo.ui.frame.context import AT_ONCE
from lipsync_demo.ui.frame.sessions import Session, Sessions

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
    sessions.keep_sessions(app)
    return TestClient(app)


def _press(page: TestClient, event: int, data: list[Any], session: str) -> Any:
    asked = {"fn_index": event, "data": data, "session_hash": session}
    answer = page.post("/gradio_api/run/predict", json=asked)
    answer.raise_for_status()
    return answer.json()["data"]


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


def test_unused_sessions_end(blocks: gr.Blocks, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(sessions, "time", SimpleNamespace(monotonic=lambda: now[0]))
    held = Sessions(blocks)
    for name in ("left", "open", "used"):
        assert isinstance(held[name], Session)
    held.session_data["left"].is_closed = True

    def after(seconds: float) -> set[str]:
        now[0] += seconds
        _ = held["used"]
        held.delete_all_expired_state()
        return set(held.session_data)

    assert after(sessions.CLOSED_SECONDS - 1) == {"left", "open", "used"}
    assert after(sessions.LOOK_SECONDS) == {"open", "used"}
    assert after(sessions.IDLE_SECONDS) == {"used"}
    assert set(held.time_last_used) == {"used"}


def test_expired_values_are_looked_for_now_and_then(blocks: gr.Blocks) -> None:
    held = Sessions(blocks)
    held.delete_all_expired_state()
    held["one"].is_closed = True
    held.session_data["one"].used = time.monotonic() - 2 * sessions.CLOSED_SECONDS
    held.delete_all_expired_state()
    assert "one" in held.session_data
