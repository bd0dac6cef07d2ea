"""What a person thinks of a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Verdict(str, Enum):
    """A person's judgement of a result, or of one side of it."""

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
"""What a reviewer checks in a lip-sync, one after the other.

Source: https://lipsync.com/guides/lip-sync-quality-checklist
"""


@dataclass(frozen=True, slots=True)
class Review:
    """What a person thinks of a result; `headings` has those of `HEADINGS` that were judged."""

    verdict: Verdict | None = None
    headings: Mapping[str, Verdict] = field(default_factory=dict)
    note: str = ""
