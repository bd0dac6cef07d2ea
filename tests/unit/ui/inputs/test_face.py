"""The form holds a choice of face together with the video it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from lipsync_demo.ui.inputs import face

VIDEO, OTHER = Path("/kept/a talk.mp4"), Path("/kept/another.mp4")


def test_a_choice_is_about_its_video_only() -> None:
    text = face.held("0.25,0.4", VIDEO)
    assert face.of(text, VIDEO) == "0.25,0.4"
    assert face.of(text, OTHER) is None
    assert face.of(text, None) is None
    assert str(VIDEO) not in text, "no browser is told this machine's folders"
    assert face.held(None, VIDEO) == face.held("", VIDEO) == ""


@pytest.mark.parametrize("text", [None, "", "left", face.held("middle", VIDEO), f"left {VIDEO}"])
def test_without_a_choice_there_is_none(text: str | None) -> None:
    assert face.of(text, VIDEO) is None
    assert face.given(text, VIDEO, "local") == {}


def test_only_the_local_engine_is_given_it() -> None:
    text = face.held("left", VIDEO)
    assert face.given(text, VIDEO, "local") == {"face": "left"}
    assert face.given(text, OTHER, "local") == {}
    assert face.given(text, VIDEO, "wavespeed") == {}
