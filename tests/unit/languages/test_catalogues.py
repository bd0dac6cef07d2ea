"""Every message has a translation in every language, with the same values in it."""

from __future__ import annotations

from string import Formatter

import pytest

from lipsync_demo.languages import LANGUAGES
from lipsync_demo.languages.catalogue import ENGLISH, FOLDER, catalogue
from lipsync_demo.languages.words import NAMES
from lipsync_demo.runs.record.run import RunState
from tests.unit.messages import compiled, messages, read

OTHERS = [code for code in LANGUAGES if code != ENGLISH]


def names(text: str) -> set[str]:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name}
    except ValueError:
        return set()


def test_each_language_names_itself_and_has_a_catalogue() -> None:
    assert set(NAMES) == set(LANGUAGES)
    assert {path.stem for path in FOLDER.glob("*.po")} == set(OTHERS)
    assert len(messages()) > 900


@pytest.mark.parametrize("language", OTHERS)
def test_no_message_lacks_a_translation(language: str) -> None:
    found = read(language)
    known = {message.id: message.string for message in found if message.id}
    missing = [message for message in messages() if not known.get(message)]
    assert not missing, f"run python -m tests.unit.messages and translate: {missing[:5]}"
    assert set(known) == set(messages()), "python -m tests.unit.messages drops what is gone"
    assert not [message.id for message in found if message.fuzzy]


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_values_of_its_message(language: str) -> None:
    for message in read(language):
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        original = message.id[1] if isinstance(message.id, tuple) else message.id
        for text in texts if original else ():
            assert text, original
            if isinstance(message.id, tuple):
                assert names(text) <= names(original), (original, text)
            else:
                assert names(text) == names(original), (original, text)
                assert text[:1].isspace() == original[:1].isspace() or language == "zh"


@pytest.mark.parametrize("language", OTHERS)
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    assert (FOLDER / f"{language}.mo").read_bytes() == compiled(read(language))


@pytest.mark.parametrize("language", OTHERS)
def test_states_are_translated(language: str) -> None:
    known = catalogue(language)
    assert all(known.gettext(state.value) != state.value for state in RunState)
