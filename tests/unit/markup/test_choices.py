"""A run's choices in words; a face is never told as numbers to a person."""

from __future__ import annotations

import pytest

from lipsync_demo.languages import speaking
from lipsync_demo.markup import choices
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.report.content import of_runs
from lipsync_demo.runs.record.group import Item
from tests.unit.run_factory import MakeRun

POINT = "0.728,0.64"


@pytest.mark.parametrize(
    ("face", "said"),
    [
        ("0.2,0.5", "the chosen face, on the left"),
        ("0.5,0.5", "the chosen face, in the middle"),
        (POINT, "the chosen face, on the right"),
        ("largest", "the largest face"),
    ],
)
def test_a_face_is_said_in_words(face: str, said: str) -> None:
    assert choices.chosen({"sync_mode": "bounce", "face": face}) == f"bounce, {said}"


def test_other_choices_stay_as_they_are() -> None:
    assert choices.chosen({"emotion": "happy", "model_mode": "lips"}) == "happy, lips"
    assert choices.chosen({}) == "–"


def test_a_run_is_titled_in_the_readers_language(make_run: MakeRun) -> None:
    run = make_run(choices={"face": POINT})
    mode = str(run.sync_mode)
    assert choices.title(run) == f"{mode}, the chosen face, on the right"
    with speaking("de"):
        assert str(choices.title(run)) == f"{mode}, das gewählte Gesicht, rechts"
    assert POINT in run.title


def test_items_are_told_apart_in_words() -> None:
    item = Item(
        video="v", audio="a", modes=(SyncMode.BOUNCE, SyncMode.LOOP), choices={"face": POINT}
    )
    assert choices.item_name(item) == "bounce · loop · the chosen face, on the right"
    assert choices.of_item(item) == "bounce, loop, the chosen face, on the right"


def test_a_report_says_a_face_to_people_in_words_and_to_programs_as_it_was(
    make_run: MakeRun,
) -> None:
    [entry] = of_runs([make_run(choices={"face": POINT})]).entries
    assert "the chosen face, on the right" in entry.shown_name
    assert f"face {POINT}" in entry.name
    with speaking("de"):
        assert "das gewählte Gesicht, rechts" in str(entry.shown_name)
        assert f"face {POINT}" in entry.name
