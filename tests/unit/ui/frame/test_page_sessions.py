from __future__ import annotations

from types import SimpleNamespace

import gradio as gr
import pytest
from pydantic import SecretStr

from lipsync_demo.runs.record.visitor import Visitor, acting_as
from lipsync_demo.ui.frame import page_sessions as sessions
from lipsync_demo.ui.frame.page_sessions import BOUND, LEFT_SECONDS, PageSession, PageSessions


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def blocks() -> gr.Blocks:
    with gr.Blocks() as made:
        gr.State(None, time_to_live=3600)
        gr.Textbox("a" * 1000)
    return made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def held(blocks: gr.Blocks, clock: Clock) -> PageSessions:
    made, app = PageSessions(blocks, clock), SimpleNamespace()
    made.serve(app)
    assert app.state_holder is made
    assert blocks.state_holder is made
    return made


def _state(blocks: gr.Blocks) -> int:
    return next(i for i, block in blocks.blocks.items() if isinstance(block, gr.State))


def test_a_page_that_was_left_is_forgotten_and_an_open_one_is_not(
    held: PageSessions, clock: Clock
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
    held: PageSessions, blocks: gr.Blocks, clock: Clock
) -> None:
    held["a"][_state(blocks)] = SecretStr("a key")
    clock.now += LEFT_SECONDS + 1
    held.delete_all_expired_state()
    assert "a" in held.session_data


def test_it_describes_no_widget(held: PageSessions, blocks: gr.Blocks) -> None:
    state, box = held["a"], next(b for b in blocks.blocks.values() if isinstance(b, gr.Textbox))
    assert isinstance(state, PageSession)
    state[box._id] = gr.Textbox("b", render=False)
    state._update_config(box._id)
    state._update_value_in_config(box._id, "c")
    assert not state.config_values
    assert state[box._id].value == "b"


def test_one_visitor_fills_no_others_room(
    held: PageSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
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


def test_the_files_of_a_form_are_held_until_it_has_others(held: PageSessions) -> None:
    state = held["a"]
    assert isinstance(state, PageSession)
    video, batch = SimpleNamespace(_id=1), SimpleNamespace(_id=2)
    state.hold([video, batch], [{"path": "/u/a.mp4"}, [{"path": "/u/b"}, {"path": "/u/c"}, "x"]])
    assert held.held() == {"/u/a.mp4", "/u/b", "/u/c"}
    state.hold([batch], [None])
    state.hold([SimpleNamespace(_id=3)], ["a text"])
    assert held.held() == {"/u/a.mp4"}
