"""What a report says, as a file and behind a shared link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lipsync_demo.languages import _, joined

DRIFT = _("Server held against the contract")
DRIFT_TABLE = _("What was asked, documented and observed")
DRIFT_COLUMNS: Final = (_("Asked"), _("Outcome"), _("Documented"), _("Observed"), _("Since"))


def drift_counts(agree: int, differ: int, noted: int, unasked: int) -> str:
    words = [_("{agree} as documented", agree=agree), _("{differ} otherwise", differ=differ)]
    words += [_("{noted} where the documents are silent", noted=noted)] if noted else []
    words += [_("{unasked} not asked", unasked=unasked)] if unasked else []
    return joined(" · ", words)


def drift_told(documented: str, observed: str, since: str) -> str:
    if not since:
        return _(
            "documented: {documented}; observed: {observed}",
            documented=documented,
            observed=observed,
        )
    return _(
        "documented: {documented}; observed since {since}: {observed}",
        documented=documented,
        since=since,
        observed=observed,
    )


def quoted(amount: str) -> str:
    return _("The API quoted {amount} USD for the tasks.", amount=amount)


TITLE = _("lip-sync report")
KINDS: Final[Mapping[str, str]] = {
    "run": _("Lip-sync report"),
    "comparison": _("Comparison of lip-syncs"),
    "batch": _("Report of several lip-syncs"),
}
UNKNOWN_INPUTS = _("inputs not known")
ALL_RUNS = _("All runs")
RUN = _("Run")
STATE = _("State")
LENGTH = _("Length")
CHECKS = _("Checks")
TOO_LARGE = _("The videos are too large to be carried in this page; the zip has them.")
SIDE_BY_SIDE = _("Side by side")
CUT = _("The cut")
VERDICT = _("Verdict")
NO_VERDICT = _("no verdict yet")
VOTES = _("Blind votes")
INPUTS = _("Inputs")
REQUEST = _("Request")
RESPONSE = _("Response")
FIRST = _("First frame")
MIDDLE = _("In the middle")
LAST = _("Last frame")
BEFORE_SEAM = _("Before the seam")
AFTER_SEAM = _("After the seam")
FOOTER = _(
    "Lip-synced videos are synthetic. Use footage of people who agreed to it, and say what it is."
)


def several(count: int) -> str:
    return _("{count} runs", count=count)


def made_with(version: str) -> str:
    return _("Lipsync Demo {version}", version=version)


def length_of(run: Any) -> str:
    return (
        "–" if run.output_seconds is None else _("{value:.2f} s", value=float(run.output_seconds))
    )


def state_of(state: str) -> str:
    return _("The run is {state}.", state=state)
