"""The catalogues, and which one the reader's language asks for."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Final

from lipsync_demo.languages import words

FOLDER: Final = Path(__file__).with_name("catalogues")
ENGLISH: Final = "en"
LANGUAGES: Final = tuple(words.NAMES)
"""The codes of all languages (ISO 639-1), English first."""

_reader: ContextVar[str] = ContextVar("language", default=ENGLISH)


def current() -> str:
    """The code of the reader's language; English where nobody reads, as in a background thread."""
    return _reader.get()


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write messages in `language` inside the block, in this context."""
    before = _reader.set(language if language in LANGUAGES else ENGLISH)
    try:
        yield
    finally:
        _reader.reset(before)


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> GNUTranslations:
    """The compiled catalogue of a language other than English.

    Raises:
        FileNotFoundError: there is none.
    """
    with (FOLDER / f"{language}.mo").open("rb") as file:
        return GNUTranslations(file)


def accepted(header: str, offered: Collection[str] = LANGUAGES) -> str:
    """The offered language that an `Accept-Language` header likes best (RFC 9110, 12.5.4).

    >>> accepted("de-CH,de;q=0.9,en;q=0.8")
    'de'
    >>> accepted("nl, fr;q=0.4, es;q=0.6")
    'es'
    >>> accepted("")
    'en'
    """
    liked = []
    for place, part in enumerate(header.split(",")[:32]):
        tag, _, weight = part.partition(";")
        code = tag.strip().lower().partition("-")[0]
        name, _, number = weight.strip().partition("=")
        try:
            quality = float(number) if name.strip() == "q" else 1.0
        except ValueError:
            continue
        if code in offered and quality > 0:
            liked.append((-quality, place, code))
    return min(liked)[2] if liked else ENGLISH
