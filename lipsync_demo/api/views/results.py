"""Measures, links and the ledger, as programs are told of them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from lipsync_demo.api.views.base import Id, View
from lipsync_demo.qa.models import Measures, Outcome
from lipsync_demo.runs.record.ledger_line import Line, LineState


class CheckView(View):
    """One check of an output: its value as text and as a number, and the allowed band."""

    name: str
    title: str
    value: str
    number: float | None
    band: str
    outcome: Outcome
    sentence: str


class MeasuresView(View):
    """The checks of a run's output, and the worst outcome; null while they are being made."""

    run_id: Id
    ready: bool
    outcome: Outcome | None
    measured_at: datetime | None
    checks: list[CheckView]

    @classmethod
    def of(cls, run_id: str, found: Measures | None) -> MeasuresView:
        """The measures of a run."""
        return cls(
            run_id=run_id,
            ready=found is not None,
            outcome=found and found.outcome,
            measured_at=found and found.measured_at,
            checks=[
                CheckView(
                    name=check.name,
                    title=str(check.title),
                    value=str(check.value),
                    number=check.number,
                    band=str(check.band),
                    outcome=check.outcome,
                    sentence=str(check.sentence),
                )
                for check in (found.checks if found else ())
            ],
        )


class LineView(View):
    """A request that may be billed: what was quoted, and what was charged, in `currency`."""

    at: datetime
    run_id: str
    model: str
    sync_mode: str | None
    state: LineState
    quoted: Decimal | None
    floor: bool
    charged: Decimal | None
    refunded: Decimal | None
    currency: str
    task_id: str | None

    @classmethod
    def of(cls, line: Line) -> LineView:
        """A line of the ledger."""
        return cls(
            at=line.at,
            run_id=line.run_id,
            model=line.model,
            sync_mode=line.mode or None,
            state=line.state,
            quoted=line.quoted,
            floor=line.floor,
            charged=line.charge and line.charge.amount,
            refunded=line.charge and line.charge.refunded,
            currency=line.currency,
            task_id=line.task,
        )


class LedgerView(View):
    """A part of the ledger, newest first; `next` is the cursor of the next part."""

    lines: list[LineView]
    next: str | None


class SharedView(View):
    """A link by which anybody sees a run or a group; it ends by itself, or when it is deleted."""

    url: str
    expires_at: datetime


class UnsharedView(View):
    """How many links worked before they were taken back."""

    taken_back: int
