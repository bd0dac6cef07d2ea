"""A user's review of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Verdict(str, Enum):
    """A reviewer's judgement of a result, or of one aspect of it."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"

    def __str__(self) -> str:
        return self.value


HEADINGS = (
    "closures",
    "f/v",
    "open vowels",
    "timing",
    "teeth",
    "jaw",
    "edges",
    "jitter",
    "identity",
)
"""The aspects of a lip-sync that a reviewer judges, in order.

Source: https://lipsync.com/guides/lip-sync-quality-checklist
"""


@dataclass(frozen=True, slots=True)
class Review:
    """A user's review of a result; `headings` holds those of `HEADINGS` that were judged."""

    verdict: Verdict | None = None
    headings: Mapping[str, Verdict] = field(default_factory=dict)
    note: str = ""
