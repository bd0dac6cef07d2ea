"""The page that stands before the app where a code or a sign-in is asked for."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from markupsafe import Markup

from lipsync_demo import templates
from lipsync_demo.languages import LANGUAGES, NAMES, current
from lipsync_demo.markup import words as markup_words
from lipsync_demo.ui.http import words

STYLE = Path(__file__).with_name("entry.css").read_text(encoding="utf-8")


def render(
    said: str, target: str, *, codes: bool, signs_in: bool, languages: Collection[str]
) -> Markup:
    """The entry page, in the reader's language.

    `said` is what went wrong, empty at first; whoever enters goes on to `target`.
    """
    return templates.render(
        "ui/http/entry.html",
        words=words,
        title=markup_words.APP,
        language=current(),
        style=Markup(STYLE),  # noqa: S704
        said=said,
        target=target,
        codes=codes,
        sign_in=f"/login/huggingface?{urlencode({'_target_url': target})}" if signs_in else "",
        languages=[
            (code, NAMES[code], _in(code, target))
            for code in LANGUAGES
            if code in languages and code != current()
        ],
    )


def _in(language: str, target: str) -> str:
    """The address of the entry page in another language."""
    query = urlsplit(target).query
    kept = "&".join(part for part in query.split("&") if part and not part.startswith("lang="))
    return f"/?lang={language}" + (f"&{kept}" if kept else "")
