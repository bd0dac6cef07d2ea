"""The language a visitor reads: the one chosen on the page, else the browser's."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from starlette.requests import cookie_parser

from lipsync_demo.languages import LANGUAGES, accepted

COOKIE = "lipsync_language"
"""Name of the cookie with the language chosen by `/?lang=`."""


def language_of(headers: Mapping[str, str], offered: Collection[str] = LANGUAGES) -> str:
    """The code of the one of the offered languages that a request with these headers reads."""
    chosen = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return chosen if chosen in offered else accepted(headers.get("accept-language", ""), offered)
