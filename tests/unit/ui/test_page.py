"""The page as Gradio is told of it."""

from __future__ import annotations

from pathlib import Path

from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.page import build


def test_an_answer_to_a_change_is_about_the_last_one(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    (tmp_path / "uploads").mkdir()
    media = SignedMedia(b"a secret that is long enough", "", tmp_path / "media")
    with Workspace(settings) as workspace:
        page = build(settings, workspace, media, tmp_path / "uploads")
    answered = [
        event
        for event in page.config["dependencies"]
        if any(kind in ("change", "input") for _, kind in event["targets"])
    ]
    assert len(answered) > 10
    assert {event["trigger_mode"] for event in answered} <= {"always_last", "multiple"}
