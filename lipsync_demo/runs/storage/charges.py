"""What tasks really cost: the API's bill of each, kept beside the ledger's lines."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import BigInteger, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.runs.record.clock import microseconds
from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.wavespeed.calls.billing import Bill

SETTLED_AFTER = timedelta(hours=3)
"""How long after its end a finished task is asked for again: the API refunds within 3 hours."""

GIVEN_UP_AFTER = timedelta(days=1)
"""How long after its end a task is asked for that has no bill yet, or no refund."""


class ChargeRow(Base):
    """The bill of one line as last asked for; without amounts the API had none yet."""

    __tablename__ = "charges"

    line: Mapped[str] = mapped_column(String(48), primary_key=True)
    deducted: Mapped[str | None] = mapped_column(String(32))
    refunded: Mapped[str | None] = mapped_column(String(32))
    asked_us: Mapped[int] = mapped_column(BigInteger)

    @property
    def bill(self) -> Bill | None:
        if self.deducted is None or self.refunded is None:
            return None
        return Bill(Decimal(self.deducted), Decimal(self.refunded))


def keep(session: Session, line: str, bill: Bill | None, at: datetime) -> None:
    """Write what the API's bill said of a line; a bill it had before is never forgotten."""
    row = session.get(ChargeRow, line) or ChargeRow(line=line)
    row.asked_us = microseconds(at)
    if bill is not None:
        row.deducted, row.refunded = str(bill.deducted), str(bill.refunded)
    session.add(row)


def charge_of(row: ChargeRow | None, fallen: str | None) -> Charge | None:
    """The charge of a line: its bill, else by how much the balance fell, else None."""
    bill = row.bill if row is not None else None
    if bill is not None:
        return Charge(bill.deducted, bill.refunded, "billing")
    return None if fallen is None else Charge(Decimal(fallen), Decimal(0), "balance")


def final(row: ChargeRow | None, ended_us: int, *, failed: bool) -> bool:
    """Whether asking for the bill again would say nothing new."""
    if row is None:
        return False
    waited = timedelta(microseconds=row.asked_us - ended_us)
    bill = row.bill
    if bill is None or (failed and bill.net > 0):
        return waited >= GIVEN_UP_AFTER
    return failed or waited >= SETTLED_AFTER
