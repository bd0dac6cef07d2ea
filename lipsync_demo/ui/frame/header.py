"""The top line: which backend answers, and where a visitor's key goes."""

from __future__ import annotations

from pydantic import SecretStr

from lipsync_demo import texts
from lipsync_demo.hosting.choice import explain
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.markup.words import escape
from lipsync_demo.settings import BackendName, Settings

CONSENT = texts.Header.CONSENT
LOOPBACK = "http://127.0.0.1"
"""The address that stands for the local backend when hosting is explained."""
KEY_NOTE = texts.Header.KEY_PROMISE


def backend(settings: Settings, key: SecretStr | None) -> BackendName:
    """Return the backend of this visitor's next run."""
    return "wavespeed" if key else settings.backend_name


def last_four(key: SecretStr) -> str:
    """Return the last four characters of a key, or only `…` for a key under 12 characters."""
    text = key.get_secret_value()
    return f"…{text[-4:]}" if len(text) >= 12 else "…"


def brand(settings: Settings, key: SecretStr | None) -> str:
    """The app's name and the backend in use, as markup."""
    kind, words = _answers(settings, key)
    return (
        '<div class="brand"><h1>Lipsync Demo</h1>'
        f'<span class="pill answers {kind}">{escape(words)}</span></div>'
    )


def _answers(settings: Settings, key: SecretStr | None) -> tuple[str, str]:
    if key is not None:
        return "paid", texts.Header.own_key(last_four(key))
    if settings.backend_name == "local":
        return "free", texts.Header.LOCAL
    if settings.api_key is None:
        return "missing", texts.Header.KEY_NEEDED
    return "paid", "WaveSpeed API"


def terms(settings: Settings, key: SecretStr | None) -> str:
    """The quiet lines under the button: consent, and where the files go."""
    here = backend(settings, key) == "local"
    try:
        hosting = explain(settings, LOOPBACK if here else settings.base_url)
    except HostingUnavailable as error:
        hosting = str(error)
    direct = (
        f'<p id="direct" class="consent" hidden>{texts.Share.DIRECT} <a target="_blank"></a></p>'
    )
    return f'<p class="consent">{CONSENT} {escape(hosting)}</p>{direct}'


def key_note(key: SecretStr | None) -> str:
    """What is said under the key box."""
    used = f"<p><b>{escape(texts.Header.in_use(last_four(key)))}</b></p>" if key else ""
    return f'<div class="quiet">{used}<p>{KEY_NOTE}</p></div>'


def cleaned(text: str) -> SecretStr | None:
    """A pasted key without the spaces around it; None when nothing is left."""
    return SecretStr(text.strip()) if text.strip() else None
