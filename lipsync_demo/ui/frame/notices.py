"""Small notices on the page: what was found, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import words

TEMPLATE = "ui/frame/notices.html"
GONE = words.RUN_GONE


def trouble(what: str, hint: str, *, warn: bool = False) -> Markup:
    """One thing that is wrong, and what to do about it."""
    return render_macro(TEMPLATE, "trouble", what, hint, warn)


def warning(text: str) -> Markup:
    """A line about something that needs attention."""
    return render_macro(TEMPLATE, "warning", text)


def quiet(text: str) -> Markup:
    """A remark; nothing where there is none."""
    return render_macro(TEMPLATE, "quiet", text) if text else Markup("")


def status(text: str) -> Markup:
    """A remark that screen readers read out when it appears."""
    return render_macro(TEMPLATE, "status", text)


def hint(text: str) -> Markup:
    """A remark in a line of its own text."""
    return render_macro(TEMPLATE, "hint", text)


def limits(text: str) -> Markup:
    """What may be chosen, said before it is."""
    return render_macro(TEMPLATE, "limits", text)


def heading(text: str) -> Markup:
    """A heading between parts of a view."""
    return render_macro(TEMPLATE, "heading", text)


def no_amount(typed: str) -> Markup:
    """What was typed cannot be a limit."""
    return trouble(words.no_amount(typed[:20]), words.AMOUNT_HINT)


NOT_READY = hint(words.NOT_READY)
PREVIEWED = quiet(words.CONVERTED)
NO_SUCH_ADDRESS = trouble(words.NO_ID, words.NO_ID_HINT)


def source(length: str, found: str) -> Markup:
    """How long an input is, and what else was found in it."""
    return render_macro(TEMPLATE, "source", length, found)


def facts(*lines: Markup) -> Markup:
    """The lines under an input."""
    return render_macro(TEMPLATE, "facts", lines)


def findings(found: Sequence[Finding]) -> Markup:
    """What the check of both inputs has to say."""
    return Markup("").join(
        trouble(finding.what, finding.hint, warn=finding.severity is not Severity.ERROR)
        for finding in found
    )
