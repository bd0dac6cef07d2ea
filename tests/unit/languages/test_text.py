"""A message is English as a string, and the reader's language where it is written."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Iterator
from gettext import GNUTranslations
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from jinja2 import Environment

from lipsync_demo.languages import _, _n, joined, speaking, spoken, stored, text, translated
from lipsync_demo.languages import catalogue as catalogues
from tests.unit.messages import compiled


@pytest.fixture(autouse=True)
def german(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    made = Catalog(locale="de")
    made.add("Save & close", "Sichern & schließen")
    made.add("{name} has no sound.", "Ohne Ton: {name}.")
    made.add("the speech", "die Sprache")
    made.add(("{count} run", "{count} runs"), ("{count} Lauf", "{count} Läufe"))
    made.add("{seconds:.2f} s of {what} are lost.", "Von {what} fehlen {seconds:.2f} s.")
    known = GNUTranslations(BytesIO(compiled(made)))
    for module in (catalogues, stored, text):
        monkeypatch.setattr(module, "catalogue", lambda language: known)
    yield
    stored._translated.cache_clear()
    stored._patterns.cache_clear()


def test_a_message_is_english_where_nobody_reads_it() -> None:
    assert str(_("Save & close")) == f"{_('Save & close')}" == "Save & close"


def test_a_message_is_written_in_the_readers_language() -> None:
    said = _("{name} has no sound.", name=_("the speech"))
    with speaking("de"):
        assert str(said) == f"{said}" == "Ohne Ton: die Sprache."
        assert str(_n("{count} run", "{count} runs", 1)) == "1 Lauf"
        assert str(_n("{count} run", "{count} runs", 3)) == "3 Läufe"
    assert str(said) == "the speech has no sound."


def test_markup_is_translated_and_escaped() -> None:
    with speaking("de"):
        page = Environment(autoescape=True).from_string("{{ say }}").render(say=_("Save & close"))
    assert page == "Sichern &amp; schließen"


def test_what_is_kept_is_english_whoever_reads() -> None:
    said = _("{seconds:.2f} s of {what} are lost.", seconds=0.5, what=_("the speech"))
    with speaking("de"):
        assert json.loads(json.dumps({"what": said})) == {"what": "0.50 s of the speech are lost."}


@pytest.mark.parametrize("again", [copy.deepcopy, lambda said: pickle.loads(pickle.dumps(said))])
def test_a_message_comes_out_of_a_process_whole(again) -> None:
    said = again(joined("; ", [_("{name} has no sound.", name="a.wav"), _("the speech")]))
    with speaking("de"):
        assert str(said) == "Ohne Ton: a.wav.; die Sprache"
    assert said == "a.wav has no sound.; the speech"


def test_joining_and_adding_keep_the_translation() -> None:
    said = "[" + joined(" · ", [_("the speech"), "x"]) + "]"
    with speaking("de"):
        assert str(said) == "[die Sprache · x]"
    assert said == "[the speech · x]"


def test_an_answer_is_told_whole() -> None:
    answer = [{"label": _("the speech"), "choices": [(_("the speech"), "code")]}, None, 3]
    with speaking("de"):
        told = spoken(answer)
    assert told == [{"label": "die Sprache", "choices": [("die Sprache", "code")]}, None, 3]
    assert type(told[0]["label"]) is str


@pytest.mark.parametrize(
    ("kept", "read"),
    [
        ("the speech", "die Sprache"),
        ("a.wav has no sound.", "Ohne Ton: a.wav."),
        ("0.50 s of the speech are lost.", "Von die Sprache fehlen 0.50 s."),
        ("Somebody's own note", "Somebody's own note"),
        ("", ""),
    ],
)
def test_a_kept_text_is_translated_by_what_it_says(kept: str, read: str) -> None:
    assert translated(kept) == kept
    with speaking("de"):
        assert translated(kept) == read


def test_an_unknown_language_is_english() -> None:
    with speaking("tlh"):
        assert str(_("the speech")) == "the speech"
