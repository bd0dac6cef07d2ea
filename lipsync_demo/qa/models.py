"""What was measured of an output: one check after the other, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from pydantic import TypeAdapter


class Outcome(str, Enum):
    """`unknown`: there was nothing to measure against; the check's sentence says what lacks."""

    PASS = "pass"  # noqa: S105
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Check:
    """One thing measured.

    `name` is its stable name, `title` what it is called, `value` the figure with its unit as
    shown, `band` what is allowed, `sentence` what it means.  `number` is the bare figure, None
    where the value is no number.
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
    """How much later the sound is than the lips, in milliseconds; negative when it is earlier.

    `confidence` is 0 to 1; `spoken_seconds` is how much speech it was judged by.
    """

    offset_ms: float
    confidence: float
    spoken_seconds: float


@dataclass(frozen=True, slots=True)
class Measures:
    """All checks of one output.

    `sync` is the output's own score and `source_sync` that of the source clip, both a proxy;
    None where it could not be judged.  `seams` are the output times in seconds at which the
    source jumps or turns, `mouth` is where the mouth is: left, top, width and height in shares
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
        """The worst of all checks that could be made."""
        found = {check.outcome for check in self.checks}
        return next(
            (o for o in (Outcome.FAIL, Outcome.WARN, Outcome.PASS) if o in found), Outcome.UNKNOWN
        )


_MEASURES = TypeAdapter(Measures)


def dump_measures(measures: Measures) -> dict[str, Any]:
    """`measures` as JSON values."""
    record: dict[str, Any] = _MEASURES.dump_python(measures, mode="json")
    return record


def load_measures(record: Mapping[str, Any]) -> Measures:
    """What `dump_measures` wrote.

    Raises:
        pydantic.ValidationError: it did not write this.
    """
    return _MEASURES.validate_python(record)
