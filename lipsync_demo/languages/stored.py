"""Translates what was kept in English: the errors of a run, findings, checks."""

from __future__ import annotations

import re
from functools import lru_cache
from string import Formatter

from lipsync_demo.languages.catalogue import ENGLISH, catalogue, current

LEAST_WORDS = 2
"""Words a message with values must have to be known again by them."""


def translated(text: str) -> str:
    """A kept text in the reader's language, or as it is if no message reads so.

    A message with values is known again by the words between them; the values stay as they
    were written.
    """
    language = current()
    return str(text) if language == ENGLISH or not text else _translated(str(text), language)


@lru_cache(maxsize=4096)
def _translated(text: str, language: str) -> str:
    known = catalogue(language)
    exact = known.gettext(text)
    if exact != text:
        return exact
    for pattern, message, names in _patterns(language):
        if found := pattern.fullmatch(text):
            values = dict(zip(names, found.groups(), strict=True))
            said = {name: _translated(value, language) for name, value in values.items()}
            return _without_formats(message).format_map(said)
    return text


@lru_cache(maxsize=8)
def _patterns(language: str) -> list[tuple[re.Pattern[str], str, list[str]]]:
    """Pattern, translation and names of values of each message that has values."""
    found = []
    # There is no public list of a catalogue's messages.
    for key, message in catalogue(language)._catalog.items():  # type: ignore[attr-defined]
        original = key[0] if isinstance(key, tuple) else key
        pieces = list(Formatter().parse(original)) if "{" in original else []
        names = [name for _, name, _, _ in pieces if name]
        literal = "".join(piece for piece, *_ in pieces)
        few = len(re.findall(r"[^\W\d_]{2,}", literal)) < LEAST_WORDS
        if few or not names or not all(map(str.isidentifier, names)):
            continue
        written, seen = "", list[str]()
        for piece, name, _, _ in pieces:
            written += re.escape(piece)
            if name in seen:
                written += rf"\{seen.index(name) + 1}"
            elif name:
                written += "(.+?)"
                seen.append(name)
        found.append((len(literal), re.compile(written, re.DOTALL), message, seen))
    found.sort(key=lambda row: -row[0])
    return [(pattern, message, names) for _, pattern, message, names in found]


def _without_formats(message: str) -> str:
    """The message with bare names in its braces: what is put there is formatted already."""
    pieces = Formatter().parse(message)
    return "".join(
        piece.replace("{", "{{").replace("}", "}}") + (f"{{{name}}}" if name else "")
        for piece, name, _, _ in pieces
    )
