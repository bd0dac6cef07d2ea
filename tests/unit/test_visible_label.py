"""The label "AI-generated", as it is written at every door."""

from __future__ import annotations

import itertools

import pytest
from pydantic import ValidationError

from lipsync_demo.backend.http.bodies import SubmitBody
from lipsync_demo.face_choice import told
from lipsync_demo.languages import LANGUAGES
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.steps.parameters import choose
from lipsync_demo.settings import MODEL_ID, Settings
from lipsync_demo.visible_label import (
    CORNERS,
    SIZES,
    LabelDemanded,
    LabelUnknown,
    label,
    parse,
    settled,
)
from lipsync_demo.wavespeed.errors import BadParameter
from lipsync_demo.wavespeed.model_catalogue import DEFAULT

USUAL = "bottom-right,medium,en"


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        *(("off", "off"), (" OFF ", "off"), ("bottom-right", USUAL), ("bottom-right,", USUAL)),
        *(("Top-Left, Large", "top-left,large,en"), ("top-right,,zh", "top-right,medium,zh")),
        *(
            (",".join(parts), ",".join(parts))
            for parts in itertools.product(CORNERS, SIZES, LANGUAGES)
        ),
    ],
)
def test_what_means_the_same_is_written_the_same(text: str, choice: str) -> None:
    assert parse(text) == parse(choice) == choice
    assert len(choice) <= 32  # as wide as the column of the jobs
    assert (label(text) is None) == (choice == "off")


@pytest.mark.parametrize(
    "text", ["", "on", "middle", "top-left,huge", "top-left,small,nl", "a,b,c,d"]
)
def test_anything_else_is_refused_at_every_door(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LabelUnknown, match="There is no label") as refused:
        parse(text)
    assert "such as bottom-right,small,de" in refused.value.hint
    with pytest.raises(BadParameter, match="There is no label"):
        DEFAULT.chosen({"ai_label": text}, local=True)
    with pytest.raises(ValidationError, match="label"):
        SubmitBody.model_validate({"video": "v", "audio": "a", "ai_label": text})
    monkeypatch.setenv("LIPSYNC_AI_LABEL", text)
    with pytest.raises(ValidationError, match="There is no label"):
        Settings()


def test_a_label_is_for_the_local_engine_only() -> None:
    given = {"ai_label": "top-left", "face": "Left"}
    assert dict(choose(MODEL_ID, "loop", given, "local").choices) == {
        "ai_label": "top-left,medium,en",
        "face": "left",
    }
    with pytest.raises(RunRefused, match="burns no label"):
        choose(MODEL_ID, "loop", {"ai_label": "off"}, "wavespeed")
    with pytest.raises(BadParameter, match="takes no ai_label"):
        DEFAULT.chosen({"ai_label": "off"})


def test_what_the_settings_demand_cannot_be_switched_off() -> None:
    assert settled(None, "off") == settled("Off", "off") == "off"
    assert settled(None, USUAL) == USUAL
    assert settled("top-left", USUAL) == "top-left,medium,en"
    with pytest.raises(LabelDemanded, match=f"LIPSYNC_AI_LABEL demands {USUAL}"):
        settled("off", USUAL)
    with pytest.raises(RunRefused, match="cannot be switched off"):
        choose(MODEL_ID, "loop", {"ai_label": "off"}, "local", USUAL)
    assert choose(MODEL_ID, "loop", {}, "local", USUAL).choices == {}


def test_a_text_of_fields_says_what_a_label_is() -> None:
    assert told({"sync_mode": "loop", "ai_label": USUAL}) == ["loop", f"label {USUAL}"]
