"""The form's choice of a label becomes a field of the run, in the reader's language."""

from __future__ import annotations

import gradio as gr
import pytest

from lipsync_demo.languages import speaking
from lipsync_demo.settings import Settings
from lipsync_demo.ui.inputs.label import build, given, wire


@pytest.mark.parametrize(
    ("usual", "corner", "size", "field"),
    [
        ("off", "off", "large", {}),
        ("off", "top-left", "small", {"ai_label": "top-left,small,de"}),
        ("top-left,small,de", "top-left", "small", {}),
        ("top-left,small,de", "off", "small", {}),
        ("top-left,small,de", "top-right", "large", {}),
        ("off", "anywhere", "small", {}),
        ("off", None, None, {}),
    ],
)
def test_only_what_is_not_usual_is_sent(
    usual: str, corner: str | None, size: str | None, field: dict[str, str]
) -> None:
    settings = Settings().model_copy(update={"ai_label": usual})
    with speaking("de"):
        assert given(corner, size, "local", settings) == field
        assert given(corner, size, "wavespeed", settings) == {}


def shown(label: str) -> tuple[list[bool], list[str], int]:
    """Which of the two choices are shown, the lines beside them, and the events of the page."""
    settings = Settings().model_copy(update={"ai_label": label})
    with gr.Blocks() as page:
        widgets = build(settings)
        wire(page, widgets)
    lines = [str(one.value) for one in page.blocks.values() if isinstance(one, gr.HTML)]
    return [widgets.corner.visible, widgets.size.visible], lines, len(page.fns)


def test_what_the_settings_demand_is_said_and_cannot_be_chosen() -> None:
    # The size is shown once there is a label.
    assert shown("off") == ([True, False], [], 3)
    choices, (line,), events = shown("top-left,large,de")
    assert (choices, events) == ([False, False], 0)
    assert "LIPSYNC_AI_LABEL demands" in line
    assert "(top left, large)" in line
