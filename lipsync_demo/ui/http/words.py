"""What the pages beside the app say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.report import words as report_words

REPORT_AS = "Report as"
DOWNLOADS: Final[Mapping[str, str]] = {
    "html": "HTML",
    "zip": "zip with media",
    "json": "JSON",
    "xml": "JUnit",
}

NOT_FOUND = "Not found."
GONE = "What this link showed was deleted."
ASK_FOR_ANOTHER = "Ask whoever sent it for a new one."


def shared(kind: str, day: str) -> str:
    return f"{report_words.KINDS[kind]}, read-only, until {day}."


NOT_NAMED = "A file must be uploaded, not named by an address."


def too_large(kilobytes: int) -> str:
    return f"At most {kilobytes} kB are taken in one request."


def nothing_at(path: str) -> str:
    return f"There is nothing at {path}."
