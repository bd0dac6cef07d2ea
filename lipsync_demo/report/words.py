"""What a report says, as a file and behind a shared link."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

DRIFT = "Server held against the contract"
DRIFT_TABLE = "What was asked, documented and observed"
DRIFT_COLUMNS: Final = ("Asked", "Outcome", "Documented", "Observed", "Since")


def drift_counts(agree: int, differ: int, noted: int, unasked: int) -> str:
    words = [f"{agree} as documented", f"{differ} otherwise"]
    words += [f"{noted} where the documents are silent"] if noted else []
    words += [f"{unasked} not asked"] if unasked else []
    return " · ".join(words)


def drift_told(documented: str, observed: str, since: str) -> str:
    return f"documented: {documented}; observed{f' since {since}' if since else ''}: {observed}"


def quoted(amount: str) -> str:
    return f"The API quoted {amount} USD for the tasks."


TITLE = "lip-sync report"
KINDS: Final[Mapping[str, str]] = {
    "run": "Lip-sync report",
    "comparison": "Comparison of lip-syncs",
    "batch": "Report of several lip-syncs",
}
UNKNOWN_INPUTS = "inputs not known"
ALL_RUNS = "All runs"
RUN = "Run"
STATE = "State"
LENGTH = "Length"
CHECKS = "Checks"
TOO_LARGE = "The videos are too large to be carried in this page; the zip has them."
SIDE_BY_SIDE = "Side by side"
CUT = "The cut"
VERDICT = "Verdict"
NO_VERDICT = "no verdict yet"
INPUTS = "Inputs"
REQUEST = "Request"
RESPONSE = "Response"
FIRST = "First frame"
MIDDLE = "In the middle"
LAST = "Last frame"
BEFORE_SEAM = "Before the seam"
AFTER_SEAM = "After the seam"
FOOTER = (
    "Lip-synced videos are synthetic. Use footage of people who agreed to it, and say what it is."
)


def several(count: int) -> str:
    return f"{count} runs"


def made_with(version: str) -> str:
    return f"Lipsync Demo {version}"


def length_of(run: Any) -> str:
    return "–" if run.output_seconds is None else f"{float(run.output_seconds):.2f} s"


def state_of(state: str) -> str:
    return f"The run is {state}."
