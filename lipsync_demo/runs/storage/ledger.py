"""What was spent: one line a request that may be billed, written before the request is sent.

Amounts are the API's own quotes, and its own bills once there are any.  A line is reserved
before the request and released when the API refuses it; a task that fails is refunded by the
API, so its line no longer counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.database import Database, advisory_lock
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.record.ledger_line import Line, LineState, Reached
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.runs.storage.charges import ChargeRow, charge_of, final, keep
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.calls.billing import Bill

DAY = timedelta(days=1)
"""The time a server's spend limit is for."""

BILLED_FOR = timedelta(days=7)
"""How long after its end a line is asked for: so long the API keeps what a task was."""

COUNTED = (LineState.RESERVED.value, LineState.SPENT.value)
"""States of lines that count towards a limit."""


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
    model: Mapped[str | None] = mapped_column(String(128))


class _Limit(Base):
    __tablename__ = "limits"

    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    amount: Mapped[str] = mapped_column(String(32))


class Ledger:
    """The lines and limits of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(
        self, run: Run, balance: Decimal | None, server_limit: Decimal | None
    ) -> Reached | None:
        """Write a line for the run's next request; return the limit it would break instead.

        Looking and writing are one transaction, whatever other processes do meanwhile.
        """
        quote = run.quote
        amount = quote.amount if quote else Decimal(0)
        line = f"{run.id}:{run.submits + 1}"
        with self._database.writing() as session:
            advisory_lock(session.connection(), "reservations")
            if server_limit is not None and run.key == "environment":
                spent = _spent(session, _of_key("environment"), but=line)
                if spent + amount > server_limit:
                    return Reached("server", server_limit, spent)
            limit = _limit(session, run.session)
            if limit is not None:
                spent = _spent(session, [_Line.session == run.session], but=line)
                if spent + amount > limit:
                    return Reached("session", limit, spent)
            session.merge(
                _Line(
                    id=line,
                    run_id=run.id,
                    at_us=microseconds(now()),
                    session=run.session,
                    key=run.key,
                    mode=run.sync_mode.value if run.sync_mode else "",
                    model=run.model,
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
        """The request that was to come next will not be sent: nothing is reserved for it."""
        with self._database.writing() as session:
            row = session.get(_Line, f"{run.id}:{run.submits + 1}")
            if row is not None and row.state == LineState.RESERVED.value:
                row.state, row.ended_us = LineState.RELEASED.value, microseconds(now())

    def settle(
        self,
        run: Run,
        state: LineState,
        *,
        bill: Bill | None = None,
        balance: Decimal | None = None,
    ) -> Charge | None:
        """Say how the run's last request ended; return what it cost, where that is knowable.

        That is its bill.  Without one it is the fall of the balance, and only where no other
        request of the same key was made or open between the two times it was read.
        """
        with self._database.writing() as session:
            row = session.get(_Line, f"{run.id}:{run.submits}")
            if row is None:
                return None
            again = row.state == state.value == LineState.SPENT.value
            if not again:
                row.state, row.task = state.value, run.prediction_id
                row.ended_us = microseconds(now())
            if bill is not None:
                keep(session, row.id, bill, now())
            elif state is LineState.SPENT and balance is not None and not again:
                row.charged = _fallen(session, row, balance)
            return charge_of(session.get(ChargeRow, row.id), row.charged)

    def bill(self, line: str, bill: Bill | None) -> Charge | None:
        """Write what the API's bill says of a line now; return what is known of its cost."""
        with self._database.writing() as session:
            row = session.get(_Line, line)
            if row is None:
                return None
            keep(session, line, bill, now())
            return charge_of(session.get(ChargeRow, line), row.charged)

    def unbilled(self, key: str, session: str | None = None) -> Sequence[Line]:
        """The lines of a key whose bill is not final yet, of one browser session or of all."""
        conditions = [
            _Line.task.is_not(None),
            _Line.state.in_((LineState.SPENT.value, LineState.REFUND.value)),
            _Line.ended_us >= microseconds(now() - BILLED_FOR),
            _Line.key == key,
        ]
        if session is not None:
            conditions.append(_Line.session == session)
        with self._database.reading() as opened:
            return [
                _line(row, charge)
                for row, charge in _joined(opened, *conditions)
                if not final(charge, row.ended_us or 0, failed=row.state == LineState.REFUND.value)
            ]

    def spent(self, *, session: str | None = None, key: str | None = None) -> Decimal:
        """What counts: of a session from its beginning, of a key in a day.

        That is what a task's bill says, and the quote while there is none.
        """
        conditions = [] if key is None else _of_key(key)
        if session is not None:
            conditions.append(_Line.session == session)
        with self._database.reading() as opened:
            return _spent(opened, conditions)

    def limit(self, session: str | None) -> Decimal | None:
        """The limit this browser session has set itself."""
        with self._database.reading() as opened:
            return _limit(opened, session)

    def set_limit(self, session: str, amount: Decimal | None) -> None:
        """Set or, with None, lift a session's limit."""
        with self._database.writing() as opened:
            if amount is None:
                opened.execute(delete(_Limit).where(_Limit.session == session))
            else:
                opened.merge(_Limit(session=session, amount=str(amount)))

    def lines(self, session: str | None = None) -> Sequence[Line]:
        """The lines, newest first; with `session`, only those of that browser session."""
        conditions = [] if session is None else [_Line.session == session]
        with self._database.reading() as opened:
            return [_line(row, charge) for row, charge in _joined(opened, *conditions)]


def _joined(
    session: Session, *conditions: ColumnElement[bool]
) -> list[tuple[_Line, ChargeRow | None]]:
    """The lines that meet the conditions with what is known of their bills, newest first."""
    query = select(_Line, ChargeRow).outerjoin(ChargeRow, ChargeRow.line == _Line.id)
    found = session.execute(query.where(*conditions).order_by(_Line.at_us.desc()))
    return [(row[0], row[1]) for row in found]


def _of_key(key: str) -> list[ColumnElement[bool]]:
    """The conditions for lines of a key that count at this moment."""
    return [_Line.key == key, _Line.at_us >= microseconds(now() - DAY)]


def _spent(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, but: str = ""
) -> Decimal:
    """What the lines that meet the conditions cost, without the line named `but`."""
    counted = _joined(session, _Line.state.in_(COUNTED), _Line.id != but, *conditions)
    return sum((_cost(row, charge) for row, charge in counted), Decimal(0))


def _limit(session: Session, of: str | None) -> Decimal | None:
    """The limit of a browser session."""
    row = None if of is None else session.get(_Limit, of)
    return None if row is None else Decimal(row.amount)


def _cost(row: _Line, charge: ChargeRow | None) -> Decimal:
    bill = charge.bill if charge is not None else None
    if bill is not None and row.state == LineState.SPENT.value:
        return bill.net
    return Decimal(row.amount or 0)


def _fallen(session: Session, row: _Line, balance: Decimal) -> str | None:
    """By how much the balance fell since the line was reserved, if by this line alone."""
    others = select(_Line.id).where(
        _Line.id != row.id,
        _Line.key == row.key,
        (_Line.at_us >= row.at_us)
        | (_Line.ended_us >= row.at_us)
        | (_Line.state == LineState.RESERVED.value),
    )
    if row.balance is None or session.scalars(others.limit(1)).first() is not None:
        return None
    fallen = Decimal(row.balance) - balance
    # Where it rose the account was topped up meanwhile.
    return None if fallen < 0 else str(fallen)


def _line(row: _Line, charge: ChargeRow | None) -> Line:
    return Line(
        id=row.id,
        at=datetime.fromtimestamp(row.at_us / 1_000_000, timezone.utc),
        run_id=row.run_id,
        mode=row.mode,
        key=row.key,
        quoted=Decimal(row.amount) if row.amount else None,
        floor=row.floor,
        charge=charge_of(charge, row.charged),
        currency=row.currency,
        state=LineState(row.state),
        task=row.task,
        model=row.model or MODEL_ID,
    )
