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


class Heading(str, Enum):
    """One aspect of a lip-sync that a reviewer judges."""

    CLOSURES = "closures"
    F_V = "f/v"
    OPEN_VOWELS = "open vowels"
    TIMING = "timing"
    TEETH = "teeth"
    JAW = "jaw"
    EDGES = "edges"
    JITTER = "jitter"
    IDENTITY = "identity"


HEADINGS = tuple(heading.value for heading in Heading)
"""The aspects of a lip-sync that a reviewer judges, in order.

Source: https://lipsync.com/guides/lip-sync-quality-checklist
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """A note on one frame of a result, by its number and its time in seconds."""

    frame: int
    seconds: float
    note: str


@dataclass(frozen=True, slots=True)
class Review:
    """A user's review of a result; `headings` holds those of `HEADINGS` that were judged.

    `pins` are in the order of their frames.
    """

    verdict: Verdict | None = None
    headings: Mapping[str, Verdict] = field(default_factory=dict)
    note: str = ""
    pins: tuple[Pin, ...] = ()
