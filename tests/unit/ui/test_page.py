"""The page as Gradio is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.page import build


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    settings = Settings(data_dir=tmp_path)
    (tmp_path / "uploads").mkdir()
    media = SignedMedia(b"a secret that is long enough", "", tmp_path / "media")
    with Workspace(settings) as workspace:
        page = build(settings, workspace, media, tmp_path / "uploads")
    made: dict[str, Any] = page.config
    return made


def on(config: dict[str, Any], *kinds: str, of: int | None = None) -> list[dict[str, Any]]:
    """The handlers of such events, of one widget, which may stand behind a step of their own."""
    handlers = [event for event in config["dependencies"] if event["backend_fn"]]
    steps = {event["id"]: event for event in config["dependencies"] if not event["backend_fn"]}
    return [
        event
        for event in handlers
        for widget, kind in steps.get(event["trigger_after"], event)["targets"]
        if kind in kinds and of in (None, widget)
    ]


def test_an_answer_to_a_change_is_about_the_last_one(config: dict[str, Any]) -> None:
    answered = on(config, "change", "input")
    assert len(answered) > 10
    assert {event["trigger_mode"] for event in answered} <= {"always_last", "multiple"}


def test_progress_is_shown_where_it_is_asked_for(config: dict[str, Any]) -> None:
    kinds = {one["id"]: one["type"] for one in config["components"]}
    asked = [event for event in config["dependencies"] if event["backend_fn"]]
    assert asked
    assert not [event["targets"] for event in asked if event["show_progress_on"] is None]
    shown = {kinds[place] for event in asked for place in event["show_progress_on"]}
    assert "html" in shown
    assert not shown & {"column", "row", "tabs", "tabitem"}


def test_another_run_on_the_page_leaves_what_a_press_was_answered(config: dict[str, Any]) -> None:
    named = {one["props"].get("elem_id"): one["id"] for one in config["components"]}
    told = on(config, "change", of=named["stamp"])
    assert any(named["go"] in event["outputs"] for event in told)
    assert not any(named["findings"] in event["outputs"] for event in told)
