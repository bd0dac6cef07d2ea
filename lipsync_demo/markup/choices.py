"""What was chosen for a run, in words: its mode or fields, who speaks, and a label."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lipsync_demo import visible_label
from lipsync_demo.face_choice import FIELD, point
from lipsync_demo.languages import joined
from lipsync_demo.markup import words
from lipsync_demo.runs.record.group import Item
from lipsync_demo.runs.record.run import Run
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.model_catalogue import short_name

THIRD = 1 / 3


def face(choice: str) -> str:
    """A choice of face as a person says it; a point is at the left, in the middle, at the right."""
    place = point(choice)
    if place is None:
        return words.FACES.get(choice, choice)
    if place.x < THIRD:
        return words.CHOSEN_LEFT
    return words.CHOSEN_RIGHT if place.x > 1 - THIRD else words.CHOSEN_MIDDLE


def chosen(choices: Mapping[str, str], modes: Iterable[str] = ()) -> str:
    """Modes and fields: `bounce, the chosen face on the right`; a dash for none."""
    return joined(", ", [*modes, *(_told(*field) for field in choices.items())]) or "–"


def _told(name: str, value: str) -> str:
    if name == visible_label.FIELD:
        return words.UNLABELLED if value == visible_label.OFF else words.LABELLED
    return face(value) if name == FIELD else value


def title(run: Run) -> str:
    """What was chosen, after the model's name unless it is the default model."""
    told = chosen(run.chosen)
    return told if run.model == MODEL_ID else joined(" · ", (short_name(run.model), told))


def of_item(item: Item) -> str:
    """What is chosen for one item of a comparison or batch."""
    return chosen(item.choices, [mode.value for mode in item.modes])


def item_name(item: Item) -> str:
    """What tells an item from the others of a comparison."""
    fields = [chosen({name: value}) for name, value in item.choices.items()]
    apart = joined(" · ", [*(mode.value for mode in item.modes), *fields])
    return item.label or apart or of_item(item)
