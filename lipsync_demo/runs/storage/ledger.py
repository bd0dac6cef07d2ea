"""What was spent: one line a request that may be billed, written before the request is sent.

Amounts are the API's own quotes, and its own bills once there are any.  A line is reserved
before the request and released when the API refuses it; a task that fails is refunded by the
API, so its line no longer counts.

Before that, a run that is paid with the environment's key is admitted: its line counts what it
costs at least, so that nothing is uploaded for a run that cannot be paid.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from decimal import Decimal

from sqlalchemy import BigInteger, ColumnElement, String, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.access.asker import Asker
from lipsync_demo.database import Database, advisory_lock
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.record.ledger_line import Line, LineState
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.record.share import Reached, Request, Share
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.runs.storage.charges import ChargeRow, charge_of, final, keep
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.calls.billing import Bill

DAY = timedelta(days=1)
"""The time a server's spend limit is for."""

BILLED_FOR = timedelta(days=7)
"""How long after its end a line is asked for: so long the API keeps what a task was."""

COUNTED = (LineState.ADMITTED.value, LineState.RESERVED.value, LineState.SPENT.value)
"""States of lines that count towards a limit."""

HELD = (LineState.RESERVED.value, LineState.SPENT.value)
"""States of lines with the amount of a quote."""

UNKNOWN = Decimal("0.01")
"""What a request is taken to cost, in US dollars, before any price is known."""

LOCK = "reservations"
"""Name of the lock under which lines are counted and written."""


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
    owner: Mapped[str | None] = mapped_column(String(64), index=True)
    code: Mapped[str | None] = mapped_column(String(64), index=True)
    origin: Mapped[str | None] = mapped_column(String(64), index=True)


class _CodeRun(Base):
    """A run that was started with an access code, whoever paid for it."""

    __tablename__ = "code_runs"

    line: Mapped[str] = mapped_column(String(48), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), index=True)


class _Limit(Base):
    __tablename__ = "limits"

    session: Mapped[str] = mapped_column(String(32), primary_key=True)
    amount: Mapped[str] = mapped_column(String(32))


class Ledger:
    """The lines and limits of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def admit(
        self, run: Run, least: Decimal | None, server_limit: Decimal | None, share: Share
    ) -> Reached | None:
        """Count a run that is about to start; return the limit it would break instead.

        `least` is what it costs at least, None if that is unknown.  Looking and writing are one
        transaction, whatever other processes do meanwhile.
        """
        line = _next(run)
        request = Request(run.key, run.session, least)
        with self._database.writing() as session:
            advisory_lock(session.connection(), LOCK)
            reached = _reached(session, request, server_limit, share, line)
            if reached is not None:
                return reached
            if share.by.code is not None:
                session.merge(_CodeRun(line=line, code=share.by.code))
            row = session.get(_Line, line)
            open_already = row is not None and row.state == LineState.RESERVED.value
            if run.key == "environment" and not open_already:
                amount = UNKNOWN if least is None else least
                session.merge(_row(run, LineState.ADMITTED, amount, share.by, floor=True))
        return None

    def reserve(
        self,
        run: Run,
        balance: Decimal | None,
        server_limit: Decimal | None,
        share: Share | None = None,
    ) -> Reached | None:
        """Write a line for the run's next request; return the limit it would break instead.

        Looking and writing are one transaction, whatever other processes do meanwhile.
        """
        quote, line = run.quote, _next(run)
        amount = quote.amount if quote else None
        request = Request(run.key, run.session, amount)
        with self._database.writing() as session:
            advisory_lock(session.connection(), LOCK)
            share = share or Share(by=Asker())
            # What others were only admitted with is theirs once they reserve it, too.
            reached = _reached(session, request, server_limit, share, line, HELD)
            if reached is not None:
                return reached
            row = _row(run, LineState.RESERVED, amount, share.by, floor=bool(quote and quote.floor))
            row.currency = quote.currency if quote else "USD"
            row.balance = None if balance is None else str(balance)
            session.merge(row)
        return None

    def reached(
        self, request: Request, server_limit: Decimal | None, share: Share
    ) -> Reached | None:
        """The limit that a request would break now; None if it breaks none."""
        with self._database.reading() as session:
            return _reached(session, request, server_limit, share, "")

    def asked_by(self, run: Run) -> Asker:
        """Who started the run, as far as its line tells."""
        with self._database.reading() as session:
            row = session.get(_Line, _next(run))
            used = session.get(_CodeRun, _next(run))
        code = used.code if used else None
        if row is None:
            return Asker(code=code)
        return Asker(visitor=row.owner, code=row.code or code, origin=row.origin)

    def release(self, run: Run) -> None:
        """The request that was to come next will not be sent: nothing is reserved for it."""
        with self._database.writing() as session:
            session.execute(delete(_CodeRun).where(_CodeRun.line == _next(run)))
            row = session.get(_Line, _next(run))
            if row is not None and row.state == LineState.ADMITTED.value:
                session.delete(row)
            elif row is not None and row.state == LineState.RESERVED.value:
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

    def lines(self, session: str | None = None, owner: str | None = None) -> Sequence[Line]:
        """The lines, newest first: of a browser session, or of a visitor, where one is given."""
        conditions: list[ColumnElement[bool]] = [_Line.state != LineState.ADMITTED.value]
        if session is not None:
            conditions.append(_Line.session == session)
        if owner is not None:
            conditions.append(_Line.owner == owner)
        with self._database.reading() as opened:
            return [_line(row, charge) for row, charge in _joined(opened, *conditions)]


def put_aside(session: Session, run_id: str) -> None:
    """Rename the lines of a run that is removed: they count on, and its id may be chosen again."""
    ending = f"-{secrets.token_hex(4)}"
    for name in (_Line.id, _CodeRun.line, ChargeRow.line):
        its = name.startswith(f"{run_id}:") & ~name.contains("-")
        session.execute(update(name.class_).where(its).values({name: name + ending}))


def _next(run: Run) -> str:
    """The line of the run's next request."""
    return f"{run.id}:{run.submits + 1}"


def _row(run: Run, state: LineState, amount: Decimal | None, by: Asker, *, floor: bool) -> _Line:
    return _Line(
        id=_next(run),
        run_id=run.id,
        at_us=microseconds(now()),
        session=run.session,
        key=run.key,
        mode=run.sync_mode.value if run.sync_mode else "",
        model=run.model,
        amount=None if amount is None else str(amount),
        floor=floor,
        currency="USD",
        balance=None,
        charged=None,
        state=state.value,
        task=None,
        owner=by.visitor,
        code=by.code,
        origin=by.origin,
    )


def _reached(
    session: Session,
    request: Request,
    server_limit: Decimal | None,
    share: Share,
    line: str,
    states: Sequence[str] = COUNTED,
) -> Reached | None:
    """The limit that a request would break; its own `line` and other states do not count."""
    by = share.by
    if by.code is not None and share.code_runs is not None:
        used = select(func.count()).where(_CodeRun.code == by.code, _CodeRun.line != line)
        count = session.scalar(used) or 0
        if count >= share.code_runs:
            return Reached("runs", Decimal(share.code_runs), Decimal(count))
    limits: list[tuple[str, Decimal | None, list[ColumnElement[bool]]]] = []
    if request.key == "environment":
        day = _of_key("environment")
        limits = [
            ("code", share.code_spend if by.code else None, [_Line.code == by.code]),
            ("visitor", share.visitor if by.visitor else None, [*day, _Line.owner == by.visitor]),
            ("address", share.address if by.origin else None, [*day, _Line.origin == by.origin]),
            ("server", server_limit, day),
        ]
    mine = [_Line.session == request.session]
    for whose, limit, conditions in [*limits, ("session", _limit(session, request.session), mine)]:
        if limit is None:
            continue
        counted = _counted(session, conditions, but=line, states=states)
        spent = sum((cost for _, cost in counted), Decimal(0))
        over = spent + (UNKNOWN if request.amount is None else request.amount) - limit
        if over > 0:
            daily = whose in ("visitor", "address", "server")
            free = _free_at(counted, over) if daily else None
            return Reached(whose, limit, spent, free)
    return None


def _free_at(counted: Sequence[tuple[datetime, Decimal]], over: Decimal) -> datetime | None:
    """When enough of a day's lines no longer count; None if they never are enough."""
    for at, cost in sorted(counted):
        over -= cost
        if over <= 0:
            return at + DAY
    return None


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


def _counted(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    but: str = "",
    states: Sequence[str] = COUNTED,
) -> list[tuple[datetime, Decimal]]:
    """Time and cost of the lines that count and meet the conditions, but of the one named `but`."""
    counted = _joined(session, _Line.state.in_(states), _Line.id != but, *conditions)
    return [(_moment(row.at_us), _cost(row, charge)) for row, charge in counted]


def _spent(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Decimal:
    """What the lines that meet the conditions cost."""
    return sum((cost for _, cost in _counted(session, conditions)), Decimal(0))


def _moment(microseconds_: int) -> datetime:
    return datetime.fromtimestamp(microseconds_ / 1_000_000, timezone.utc)


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
        _Line.state != LineState.ADMITTED.value,
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
        at=_moment(row.at_us),
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
