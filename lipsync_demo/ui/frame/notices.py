"""Small notices on the page: findings, errors, hints."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from lipsync_demo.errors import ExplainedError
from lipsync_demo.languages import translated
from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.runs.record.errors import NothingSent
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame import words

TEMPLATE = "ui/frame/notices.html"


def trouble(what: str, hint: str, *, warn: bool = False) -> Markup:
    """An error and what to do about it."""
    return render_macro(TEMPLATE, "trouble", translated(what), translated(hint), warn)


def refused(error: ExplainedError) -> Markup:
    """Why something was not done; a page that did not know that nothing is sent asks anew."""
    silent = isinstance(error, NothingSent)
    what, why = translated(error.what), translated(error.hint)
    return render_macro(TEMPLATE, "trouble", what, why, False, silent)


def warning(text: str) -> Markup:
    """A warning."""
    return render_macro(TEMPLATE, "warning", text)


def quiet(text: str) -> Markup:
    """A remark; empty for an empty text."""
    return render_macro(TEMPLATE, "quiet", text) if text else Markup("")


def status(text: str) -> Markup:
    """A remark that screen readers read out when it appears."""
    return render_macro(TEMPLATE, "status", text)


def hint(text: str) -> Markup:
    """A remark as a paragraph."""
    return render_macro(TEMPLATE, "hint", text)


def limits(text: str) -> Markup:
    """The limits of an input, shown beforehand."""
    return render_macro(TEMPLATE, "limits", text)


def heading(text: str) -> Markup:
    """A heading between parts of a view."""
    return render_macro(TEMPLATE, "heading", text)


def no_amount(typed: str) -> Markup:
    """The notice that the typed text is no valid limit."""
    return trouble(words.no_amount(typed[:20]), words.AMOUNT_HINT)


def previewed() -> Markup:
    """The remark that the player shows a converted copy."""
    return quiet(words.CONVERTED)


def previewing() -> Markup:
    """The remark that a copy the player can show is being made."""
    return quiet(words.CONVERTING)


def no_such_address() -> Markup:
    """The notice that an id or address names no run."""
    return trouble(words.NO_ID, words.NO_ID_HINT)


def source(length: str, found: str) -> Markup:
    """An input's length, and what else the probe found."""
    return render_macro(TEMPLATE, "source", length, found)


def facts(*lines: Markup) -> Markup:
    """The lines under an input."""
    return render_macro(TEMPLATE, "facts", lines)


def findings(found: Sequence[Finding]) -> Markup:
    """The findings about both inputs."""
    return Markup("").join(
        trouble(finding.what, finding.hint, warn=finding.severity is not Severity.ERROR)
        for finding in found
    )
