"""The language a visitor reads: the one chosen on the page, else the browser's."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import cookie_parser

from lipsync_demo.languages import LANGUAGES, accepted

COOKIE = "lipsync_language"
"""Name of the cookie with the language chosen by `/?lang=`."""


def language_of(headers: Mapping[str, str]) -> str:
    """The code of the language a request with these headers wants to read."""
    chosen = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
    return chosen if chosen in LANGUAGES else accepted(headers.get("accept-language", ""))
