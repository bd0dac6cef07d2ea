"""Lines of the ledger, and their form as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum

from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.settings import MODEL_ID

COLUMNS = (
    "time", "run", "mode", "key", "quoted", "floor", "charged", "currency", "state", "task",
    "refunded", "charge_source", "model",
)  # fmt: skip
"""Header of the CSV."""


class LineState(str, Enum):
    """`refund` marks a failed task, which the API refunds; it and `released` count as unspent.

    `admitted` is a run on its way to its request: it counts what it costs at least.
    """

    ADMITTED = "admitted"
    RESERVED = "reserved"
    SPENT = "spent"
    RELEASED = "released"
    REFUND = "refund"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One billable request: `quoted` is None without a quote, `charge` while it is unknown.

    `mode` is empty for a model without modes.
    """

    id: str
    at: datetime
    run_id: str
    mode: str
    key: str
    quoted: Decimal | None
    floor: bool
    charge: Charge | None
    currency: str
    state: LineState
    task: str | None
    model: str = MODEL_ID

    @property
    def refunded(self) -> bool:
        """Whether the whole charge was refunded, or nothing was charged."""
        return self.charge is not None and self.charge.amount == self.charge.refunded


def as_csv(lines: Sequence[Line]) -> str:
    """The lines as CSV with a header; run ids are shortened to 8 characters."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(map(_cells, lines))
    return out.getvalue()


def as_rows(lines: Sequence[Line]) -> list[dict[str, str]]:
    """The lines as JSON values, the CSV's columns by name."""
    return [
        {name: str(cell) for name, cell in zip(COLUMNS, _cells(line), strict=True)}
        for line in lines
    ]


def _cells(line: Line) -> list[object]:
    return [
        line.at.isoformat(timespec="seconds"),
        line.run_id[:8],
        line.mode,
        line.key,
        "" if line.quoted is None else line.quoted,
        "floor" if line.floor else "",
        "" if line.charge is None else line.charge.amount,
        line.currency,
        line.state,
        line.task or "",
        "" if line.charge is None else line.charge.refunded,
        "" if line.charge is None else line.charge.source,
        line.model,
    ]
