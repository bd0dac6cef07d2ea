"""What was spent: one line a request that may be billed, written before the request is sent.

Amounts are the API's own quotes. A line is reserved before the request and released when
the API refuses it; a task that fails is refunded by the API, so its line no longer counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path

from filelock import FileLock
from sqlalchemy import BigInteger, Engine, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.runs.database import Base, create
from lipsync_demo.runs.models import Run
from lipsync_demo.runs.times import microseconds, now

DAY = timedelta(days=1)
COLUMNS = (
    "time", "run", "mode", "key", "quoted", "floor", "charged", "currency", "state", "task",
)  # fmt: skip


class LineState(str, Enum):
    """`refund` is a failed task, which the API refunds; neither it nor `released` counts."""

    RESERVED = "reserved"
    SPENT = "spent"
    RELEASED = "released"
    REFUND = "refund"

    def __str__(self) -> str:
        return self.value


COUNTED = (LineState.RESERVED.value, LineState.SPENT.value)


class _Line(Base):
    __tablename__ = "ledger"

    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    run_id: Mapped[str] = mapped_column(String(32), index=True)
    at_us: Mapped[int] = mapped_column(BigInteger, index=True)
    session: Mapped[str | None] = mapped_column(String(32), index=True)
    key: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    amount: Mapped[str | None] = mapped_column(String(32))
    floor: Mapped[bool]
    currency: Mapped[str] = mapped_column(String(8))
    balance: Mapped[str | None] = mapped_column(String(32))
    charged: Mapped[str | None] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16), index=True)
    ended_us: Mapped[int | None] = mapped_column(BigInteger)
    task: Mapped[str | None] = mapped_column(String(128))


class _Limit(Base):
    __tablename__ = "limits"

    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    amount: Mapped[str] = mapped_column(String(32))


@dataclass(frozen=True, slots=True)
class Line:
    """One request: `quoted` is None where the API gave no price, `charged` where nobody knows."""

    at: datetime
    run_id: str
    mode: str
    key: str
    quoted: Decimal | None
    floor: bool
    charged: Decimal | None
    currency: str
    state: LineState
    task: str | None


@dataclass(frozen=True, slots=True)
class Reached:
    """A limit that a request would go beyond: whose, how much it is, and what is spent of it."""

    whose: str
    limit: Decimal
    spent: Decimal


class Ledger:
    """The lines and limits of one database."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        create(engine, folder)

    def reserve(
        self, run: Run, balance: Decimal | None, server_limit: Decimal | None
    ) -> Reached | None:
        """Write a line for the run's next request; gives the limit it would break instead.

        Looking and writing are one step, whatever other processes do meanwhile.
        """
        quote = run.quote
        amount = quote.amount if quote else Decimal(0)
        line = f"{run.id}:{run.submits + 1}"
        # A lock of its own each time: it must keep threads apart too.
        with FileLock(self._folder / ".ledger.lock"):
            if server_limit is not None and run.key == "environment":
                spent = self.spent(key="environment", but=line)
                if spent + amount > server_limit:
                    return Reached("server", server_limit, spent)
            limit = self.limit(run.session)
            if limit is not None:
                spent = self.spent(session=run.session, but=line)
                if spent + amount > limit:
                    return Reached("session", limit, spent)
            with Session(self._engine) as session, session.begin():
                session.merge(
                    _Line(
                        id=line,
                        run_id=run.id,
                        at_us=microseconds(now()),
                        session=run.session,
                        key=run.key,
                        mode=run.sync_mode.value,
                        amount=None if quote is None else str(quote.amount),
                        floor=bool(quote and quote.floor),
                        currency=quote.currency if quote else "USD",
                        balance=None if balance is None else str(balance),
                        charged=None,
                        state=LineState.RESERVED.value,
                        task=None,
                    )
                )
        return None

    def release(self, run: Run) -> None:
        """The request that was to come next will not be sent: nothing is set aside for it."""
        with Session(self._engine) as session, session.begin():
            row = session.get(_Line, f"{run.id}:{run.submits + 1}")
            if row is not None and row.state == LineState.RESERVED.value:
                row.state, row.ended_us = LineState.RELEASED.value, microseconds(now())

    def settle(self, run: Run, state: LineState, balance: Decimal | None = None) -> Decimal | None:
        """Say how the run's last request ended; gives what was charged, where that is knowable.

        It is the fall of the balance, and only where no other request of the same key was made
        or open between the two looks at it.
        """
        with Session(self._engine) as session, session.begin():
            row = session.get(_Line, f"{run.id}:{run.submits}")
            if row is None:
                return None
            if row.state == state.value == LineState.SPENT.value:
                # Fetched once more: what the balance did since has nothing to do with it.
                return None if row.charged is None else Decimal(row.charged)
            row.state, row.task = state.value, run.prediction_id
            row.ended_us = microseconds(now())
            if state is not LineState.SPENT or balance is None or row.balance is None:
                return None
            others = select(_Line.id).where(
                _Line.id != row.id,
                _Line.key == row.key,
                (_Line.at_us >= row.at_us)
                | (_Line.ended_us >= row.at_us)
                | (_Line.state == LineState.RESERVED.value),
            )
            if session.scalars(others.limit(1)).first() is not None:
                return None
            charged = Decimal(row.balance) - balance
            if charged < 0:
                # The account was topped up meanwhile.
                return None
            row.charged = str(charged)
            return charged

    def spent(
        self,
        *,
        session: str | None = None,
        key: str | None = None,
        but: str = "",
    ) -> Decimal:
        """The sum of the quotes that count: of a session from its beginning, of a key in a day."""
        query = select(_Line.amount).where(_Line.state.in_(COUNTED), _Line.id != but)
        if session is not None:
            query = query.where(_Line.session == session)
        if key is not None:
            since = now() - DAY
            query = query.where(_Line.key == key, _Line.at_us >= microseconds(since))
        with Session(self._engine) as opened:
            return sum((Decimal(amount) for amount in opened.scalars(query) if amount), Decimal(0))

    def limit(self, session: str | None) -> Decimal | None:
        """The limit this browser session has set itself."""
        if session is None:
            return None
        with Session(self._engine) as opened:
            row = opened.get(_Limit, session)
            return None if row is None else Decimal(row.amount)

    def set_limit(self, session: str, amount: Decimal | None) -> None:
        """Set or, with None, lift a session's limit."""
        with Session(self._engine) as opened, opened.begin():
            row = opened.get(_Limit, session)
            if row is not None:
                opened.delete(row)
                opened.flush()
            if amount is not None:
                opened.add(_Limit(session=session, amount=str(amount)))

    def lines(self, session: str | None = None) -> Sequence[Line]:
        """The lines, newest first; with `session`, only those of that browser session."""
        query = select(_Line).order_by(_Line.at_us.desc())
        if session is not None:
            query = query.where(_Line.session == session)
        with Session(self._engine) as opened:
            return [_line(row) for row in opened.scalars(query)]


def as_csv(lines: Sequence[Line]) -> str:
    """The lines as CSV with a header; only the beginning of a run's id is in it."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for line in lines:
        writer.writerow(
            [
                line.at.isoformat(timespec="seconds"),
                line.run_id[:8],
                line.mode,
                line.key,
                "" if line.quoted is None else line.quoted,
                "floor" if line.floor else "",
                "" if line.charged is None else line.charged,
                line.currency,
                line.state,
                line.task or "",
            ]
        )
    return out.getvalue()


def _line(row: _Line) -> Line:
    return Line(
        datetime.fromtimestamp(row.at_us / 1_000_000, timezone.utc),
        row.run_id,
        row.mode,
        row.key,
        Decimal(row.amount) if row.amount else None,
        row.floor,
        Decimal(row.charged) if row.charged else None,
        row.currency,
        LineState(row.state),
        row.task,
    )
