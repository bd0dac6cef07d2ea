from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import models
from lipsync_demo.ui.inputs import fields
from lipsync_demo.wavespeed.model_catalogue import DEFAULT, MODELS

KEY = SecretStr("wsk_0123456789abcdefWXYZ")
REACT = MODELS["sync/react-1"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, backend="local")


def test_without_a_key_the_others_say_what_they_need(settings: Settings) -> None:
    names = [text for text, _ in models.listed(settings, None)]
    assert names[0] == "lipsync-1.9.0-beta"
    assert all(text.endswith("needs a WaveSpeed key") for text in names[1:])
    assert [text for text, _ in models.listed(settings, KEY)] == [m.name for m in MODELS.values()]


def test_the_note_says_why_a_model_cannot_answer_or_what_it_is(settings: Settings) -> None:
    assert models.note(settings, None, DEFAULT) == ""
    assert "needs the WaveSpeed API" in models.note(settings, None, REACT)
    assert "decides what happens" in models.note(settings, KEY, REACT)


def test_what_a_browser_sends_is_a_known_model_with_its_own_fields() -> None:
    assert models.chosen("sync/<script>") is DEFAULT
    assert models.chosen(None) is DEFAULT
    assert fields.given(REACT, ["sad", "head"]) == {"emotion": "sad", "model_mode": "head"}
    assert fields.given(DEFAULT, ["sad", "head"]) == {}
