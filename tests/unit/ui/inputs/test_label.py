"""The form's choice of a label becomes a field of the run, in the reader's language."""

from __future__ import annotations

import pytest

from lipsync_demo.languages import speaking
from lipsync_demo.settings import Settings
from lipsync_demo.ui.inputs.label import given


@pytest.mark.parametrize(
    ("usual", "corner", "size", "field"),
    [
        ("off", "off", "large", {}),
        ("off", "top-left", "small", {"ai_label": "top-left,small,de"}),
        ("top-left,small,de", "top-left", "small", {}),
        ("top-left,small,de", "off", "small", {"ai_label": "off"}),
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
