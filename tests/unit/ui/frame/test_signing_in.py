"""Gradio offers the sign-in with Hugging Face exactly where the page asks for it."""

from __future__ import annotations

import gradio as gr
import pytest
from gradio import routes

from lipsync_demo.ui.frame.multilingual import MultilingualBlocks


@pytest.mark.parametrize("wanted", [True, False])
def test_the_routes_of_the_sign_in_are_there_when_they_are_wanted(
    wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached: list[object] = []
    monkeypatch.setattr(routes, "attach_oauth", attached.append)
    with MultilingualBlocks(analytics_enabled=False) as page:
        gr.Markdown("Hello")
    page.signs_in = wanted
    routes.App.create_app(page)
    assert bool(attached) is wanted
