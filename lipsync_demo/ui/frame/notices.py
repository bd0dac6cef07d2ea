"""Small notices on the page: what was found, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo import texts
from lipsync_demo.markup.words import escape
from lipsync_demo.media.preflight import Finding, Severity

NOT_READY = f'<span class="quiet">{texts.Notices.NOT_READY}</span>'
GONE = texts.Notices.GONE


def trouble(what: str, hint: str, *, warn: bool = False) -> str:
    """One thing that is wrong, and what to do about it."""
    kind = f"trouble{' warn' if warn else ''}"
    return f'<div class="{kind}" role="alert"><b>{escape(what)}</b> {escape(hint)}</div>'


def quiet(words: str) -> str:
    """A remark; nothing where there is none."""
    return f'<p class="quiet">{escape(words)}</p>' if words else ""


def no_amount(typed: str) -> str:
    """What was typed cannot be a limit."""
    return trouble(texts.Money.no_amount(typed[:20]), texts.Money.AMOUNT_HINT)


PREVIEWED = quiet(texts.Notices.CONVERTED)
NO_SUCH_ADDRESS = trouble(texts.Notices.NO_ID, texts.Notices.NO_ID_HINT)


def facts(*lines: str) -> str:
    """The lines under an input."""
    return f'<div class="facts">{"".join(lines)}</div>'


def findings(found: Sequence[Finding]) -> str:
    """What the check of both inputs has to say."""
    return "".join(
        trouble(finding.what, finding.hint, warn=finding.severity is not Severity.ERROR)
        for finding in found
    )
