"""The results of checks, as they are stored and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import TypeAdapter

CREDENTIALS = "credentials"
"""Name of the check of what an output says of its origin."""


class Outcome(str, Enum):
    """The verdict of a check; `unknown` if something to compare with is missing."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    `name` is its stable identifier, `title` its display name, `value` the figure with its unit,
    `band` the allowed range, `sentence` the explanation. `number` is the bare figure, None if the
    value is no number.
    """

    name: str
    title: str
    value: str
    band: str
    outcome: Outcome
    sentence: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class SyncScore:
    """The offset of the sound from the lips, milliseconds; negative if the sound is early.

    `confidence` is 0 to 1; `spoken_seconds` is the amount of speech it is estimated from.
    """

    offset_ms: float
    confidence: float
    spoken_seconds: float


@dataclass(frozen=True, slots=True)
class Measures:
    """All checks of one output.

    `sync` is the output's score and `source_sync` that of the source clip, both a proxy; None if
    it cannot be estimated. `seams` are the output times, seconds, at which the source jumps or
    turns; `mouth` is the part that shows the mouth closer: left, top, width and height as shares
    of the picture.
    """

    measured_at: datetime
    checks: tuple[Check, ...]
    sync: SyncScore | None = None
    source_sync: SyncScore | None = None
    seams: tuple[float, ...] = ()
    mouth: tuple[float, float, float, float] | None = None

    @property
    def outcome(self) -> Outcome:
        """The worst outcome of all checks that were made."""
        found = {check.outcome for check in self.checks}
        return next(
            (o for o in (Outcome.FAIL, Outcome.WARN, Outcome.PASS) if o in found), Outcome.UNKNOWN
        )


_MEASURES = TypeAdapter(Measures)


def dump_measures(measures: Measures) -> dict[str, Any]:
    """Return `measures` as JSON values."""
    record: dict[str, Any] = _MEASURES.dump_python(measures, mode="json")
    return record


def load_measures(record: Mapping[str, Any]) -> Measures:
    """Return the measures that `dump_measures` wrote.

    Raises:
        pydantic.ValidationError: the record is invalid.
    """
    return _MEASURES.validate_python(record)
