"""Fields that hold each file as it is."""

from __future__ import annotations

from pathlib import Path

import gradio as gr
import pytest

from lipsync_demo.settings import Settings
from lipsync_demo.ui.inputs import widgets
from tests.media_factory import make_video


@pytest.fixture(scope="module")
def phone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A video that browsers cannot play."""
    path = tmp_path_factory.mktemp("phone") / "phone.mov"
    return make_video(path, 1, size=(64, 48), codec="libx265", audio="tone")


@pytest.mark.parametrize("field", ["video", "speech"])
def test_what_browsers_cannot_play_is_held_itself(phone: Path, field: str) -> None:
    with gr.Blocks():
        widget = getattr(widgets.build(Settings(), None, None), field)
    told = widget.postprocess(str(phone))
    assert (told.path, told.orig_name) == (str(phone), "phone.mov")
    assert widget.postprocess(None) is None
