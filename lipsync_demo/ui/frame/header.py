"""Texts of the header: the backend in use, and the visitor's key."""

from __future__ import annotations

from markupsafe import Markup
from pydantic import SecretStr

from lipsync_demo.hosting.choice import explain
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.markup import words as markup_words
from lipsync_demo.runs.record.words import CONSENT
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import words

TEMPLATE = "ui/frame/header.html"
LOOPBACK = "http://127.0.0.1"
"""URL that stands for the local backend when hosting is explained."""


def backend(settings: Settings, key: SecretStr | None) -> BackendName:
    """Return the backend of this visitor's next run."""
    return "wavespeed" if key else settings.backend_name


def last_four(key: SecretStr) -> str:
    """Return the last four characters of a key, or only `…` for a key under 12 characters."""
    text = key.get_secret_value()
    return f"…{text[-4:]}" if len(text) >= 12 else "…"


def brand(
    settings: Settings,
    key: SecretStr | None,
    *,
    checked: bool = True,
    recorded_only: bool = False,
) -> Markup:
    """The app's name and the backend in use, as markup.

    `checked` tells whether the API has accepted the visitor's key.
    """
    answers = ("recorded", words.RECORDINGS) if recorded_only else _answers(settings, key, checked)
    return render_macro(TEMPLATE, "brand", markup_words.APP, *answers)


def _answers(settings: Settings, key: SecretStr | None, checked: bool) -> tuple[str, str]:
    if key is not None:
        last = last_four(key)
        return ("paid", words.own_key(last)) if checked else ("missing", words.unchecked_key(last))
    if settings.backend_name == "local":
        return "free", words.LOCAL_ENGINE
    if settings.api_key is None:
        return "missing", words.KEY_NEEDED
    return "paid", "WaveSpeed API"


def terms(settings: Settings, key: SecretStr | None, *, recorded_only: bool = False) -> Markup:
    """The lines under the button: consent, and where files go."""
    if recorded_only:
        return render_macro(TEMPLATE, "terms", CONSENT, words.NOTHING_SENT, words.DIRECT_ADDRESS)
    here = backend(settings, key) == "local"
    try:
        hosting = explain(settings, LOOPBACK if here else settings.base_url)
    except HostingUnavailable as error:
        hosting = str(error)
    return render_macro(TEMPLATE, "terms", CONSENT, hosting, words.DIRECT_ADDRESS)


def key_note(key: SecretStr | None, notice: str = "", *, checked: bool = True) -> Markup:
    """The note under the key box: a notice, the key in use, and what happens to a key.

    `checked` tells whether the API has accepted the key.
    """
    used = (words.key_in_use if checked else words.key_unchecked)(last_four(key)) if key else ""
    return render_macro(TEMPLATE, "key_note", notice, used, words.KEY_PROMISE)


def cleaned(text: str) -> SecretStr | None:
    """A pasted key without surrounding spaces; None if empty."""
    return SecretStr(text.strip()) if text.strip() else None
