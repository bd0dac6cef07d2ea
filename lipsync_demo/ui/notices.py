"""Small notices on the page: what was found, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Sequence

from lipsync_demo.media.preflight import Finding, Severity
from lipsync_demo.report.words import escape

PREVIEWED = (
    '<p class="quiet">Your browser cannot play this file, so a converted copy is shown. '
    "The original is what is sent.</p>"
)
NOT_READY = '<span class="quiet">Choose a video and a speech track.</span>'
GONE = "It may have been removed from this server, or made on another one."


def trouble(what: str, hint: str, *, warn: bool = False) -> str:
    """One thing that is wrong, and what to do about it."""
    kind = "trouble warn" if warn else "trouble"
    return f'<div class="{kind}" role="alert"><b>{escape(what)}</b> {escape(hint)}</div>'


NO_SUCH_ADDRESS = trouble(
    "This is no run's id.", "An id has 32 letters and digits; paste it, or the run's address."
)


def facts(*lines: str) -> str:
    """The lines under an input."""
    return f'<div class="facts">{"".join(lines)}</div>'


def findings(found: Sequence[Finding]) -> str:
    """What the check of both inputs has to say."""
    return "".join(
        trouble(finding.what, finding.hint, warn=finding.severity is not Severity.ERROR)
        for finding in found
    )
