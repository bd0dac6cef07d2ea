"""Who of several people speaks, as it is written at every door."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lipsync_demo.face_choice import MAX_LENGTH, WHO, FaceUnknown, Point, parse, point, told
from lipsync_demo.settings import Settings


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        *((word, word) for word in WHO),
        (" Right\n", "right"),
        ("0.25,0.4", "0.25,0.4"),
        ("0.250 , 0.400", "0.25,0.4"),
        ("0,1", "0,1"),
        ("1.000,0.0", "1,0"),
        ("0.333,0.667", "0.333,0.667"),
    ],
)
def test_what_means_the_same_is_written_the_same(text: str, choice: str) -> None:
    assert parse(text) == choice
    assert parse(choice) == choice
    assert len(choice) <= MAX_LENGTH


@pytest.mark.parametrize(
    "text",
    [
        *("", "middle", "left,right", "0.25", "0.25;0.4", "1.1,0", "-0.1,0", "0.1234,0", "1.5,1"),
        *("nan,0", "0.25,0.4,0.1", ".5,.5", "0.\N{ARABIC-INDIC DIGIT FIVE},0", "left right"),
    ],
)
def test_anything_else_is_refused_with_what_can_be_written(text: str) -> None:
    with pytest.raises(FaceUnknown, match="There is no face") as refused:
        parse(text)
    assert "speaking, largest, left, right, or a point such as 0.25,0.4" in refused.value.hint


def test_a_point_is_shares_of_the_picture() -> None:
    assert point("0.25,0.4") == Point(0.25, 0.4)
    assert point("left") is None
    assert str(Point(1 / 3, 0.99999)) == "0.333,1"


def test_a_text_of_fields_says_what_a_face_is() -> None:
    assert told({"sync_mode": "loop", "face": "0.25,0.4"}) == ["loop", "face 0.25,0.4"]


def test_the_setting_is_read_like_any_other_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIPSYNC_FACE", "Left")
    assert Settings().face == "left"
    monkeypatch.setenv("LIPSYNC_FACE", "middle")
    with pytest.raises(ValidationError, match="There is no face 'middle'"):
        Settings()
