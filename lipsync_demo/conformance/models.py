"""Questions to a server, and findings about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a server's clips are written with the media libraries, which reports do without
    from lipsync_demo.conformance.server import Subject


class Agreement(str, Enum):
    """How an observation relates to the documentation."""

    AGREES = "agrees"
    DIFFERS = "differs"
    NOTED = "noted"
    """Undocumented: the observation is only recorded."""

    NOT_ASKED = "not asked"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation, worded alike in every probe; `agrees` is None if it is undocumented."""

    observed: str
    agrees: bool | None

    @property
    def outcome(self) -> Agreement:
        if self.agrees is None:
            return Agreement.NOTED
        return Agreement.AGREES if self.agrees else Agreement.DIFFERS


@dataclass(frozen=True, slots=True)
class Question:
    """One question: its name, its subject, the documented answer, and the function that asks it."""

    name: str
    about: str
    documented: str
    look: Callable[[Subject], Seen]


@dataclass(frozen=True, slots=True)
class ContractFinding:
    """One answer; `since` is when this difference or note was first observed."""

    check: str
    about: str
    documented: str
    observed: str
    outcome: Agreement
    seconds: float = 0.0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Conformance:
    """All findings about a server; `quoted` is the API's quote for the billable part."""

    server: str
    at: datetime
    findings: tuple[ContractFinding, ...]
    quoted: Decimal | None = None

    def with_outcome(self, *outcomes: Agreement) -> tuple[ContractFinding, ...]:
        return tuple(f for f in self.findings if f.outcome in outcomes)

    @property
    def counts(self) -> tuple[int, ...]:
        """Number of findings for each outcome, in the order of `Agreement`."""
        return tuple(len(self.with_outcome(outcome)) for outcome in Agreement)

    @property
    def agrees(self) -> bool:
        """Whether nothing differs from the documents."""
        return not self.with_outcome(Agreement.DIFFERS)
