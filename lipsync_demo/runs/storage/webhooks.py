"""Receivers of messages about ended runs, and the messages, sent or not.

A message is written before its run begins and becomes due once that is at rest, so that neither
a crash nor a restart loses it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timezone

from sqlalchemy import BigInteger, String, Text, delete, exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.record.group import GroupState
from lipsync_demo.runs.record.run import ACTIVE
from lipsync_demo.runs.record.webhook import Delivery, DeliveryState, Kind, Webhook
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.runs.storage.group_table import GroupRow
from lipsync_demo.runs.storage.run_row import RunRow


class WebhookRow(Base):
    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    owner: Mapped[str | None] = mapped_column(String(32))
    url: Mapped[str] = mapped_column(Text)
    kinds: Mapped[str] = mapped_column(String(64))
    created_us: Mapped[int] = mapped_column(BigInteger)


class DeliveryRow(Base):
    __tablename__ = "webhook_deliveries"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    webhook: Mapped[str] = mapped_column(String(32), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    target: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    tries: Mapped[int]
    due_us: Mapped[int] = mapped_column(BigInteger, index=True)
    created_us: Mapped[int] = mapped_column(BigInteger)
    said: Mapped[str | None] = mapped_column(Text)
    body: Mapped[str | None] = mapped_column(Text)


class Webhooks:
    """The tables of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, webhook_id: str, owner: str | None, url: str, kinds: Sequence[Kind]) -> Webhook:
        """Keep a new receiver; one that is known already is unchanged."""
        with self._database.writing() as session:
            row = session.get(WebhookRow, webhook_id)
            if row is None:
                row = WebhookRow(
                    id=webhook_id,
                    owner=owner,
                    url=url,
                    kinds=",".join(kinds),
                    created_us=microseconds(now()),
                )
                session.add(row)
            return _webhook(row)

    def get(self, webhook_id: str) -> Webhook | None:
        """The receiver; None if there is none."""
        with self._database.reading() as session:
            row = session.get(WebhookRow, webhook_id)
            return None if row is None else _webhook(row)

    def of(self, owner: str | None) -> Sequence[Webhook]:
        """The receivers of an owner, None for whoever runs the app, oldest first."""
        whose = WebhookRow.owner.is_(None) if owner is None else WebhookRow.owner == owner
        query = select(WebhookRow).where(whose).order_by(WebhookRow.created_us, WebhookRow.id)
        with self._database.reading() as session:
            return [_webhook(row) for row in session.scalars(query)]

    def remove(self, webhook_id: str) -> None:
        """Forget a receiver and all its messages."""
        with self._database.writing() as session:
            session.execute(delete(DeliveryRow).where(DeliveryRow.webhook == webhook_id))
            session.execute(delete(WebhookRow).where(WebhookRow.id == webhook_id))

    def announce(self, owner: str | None, kind: Kind, target: str) -> int:
        """Write what an owner's receivers will be told once a run or group is at rest.

        Returns how many there are; a message that is there already is not written again.
        """
        wanted = [webhook for webhook in self.of(owner) if kind in webhook.kinds]
        moment = microseconds(now())
        with self._database.writing() as session:
            for webhook in wanted:
                named = hashlib.sha256(f"{webhook.id}\n{target}".encode()).hexdigest()[:32]
                if session.get(DeliveryRow, named) is None:
                    session.add(
                        DeliveryRow(
                            id=named,
                            webhook=webhook.id,
                            kind=kind.value,
                            target=target,
                            state=DeliveryState.WAITING.value,
                            tries=0,
                            due_us=moment,
                            created_us=moment,
                        )
                    )
        return len(wanted)

    def deliveries(self, webhook_id: str, limit: int) -> Sequence[Delivery]:
        """The latest messages to a receiver, newest first."""
        query = (
            select(DeliveryRow)
            .where(DeliveryRow.webhook == webhook_id)
            .order_by(DeliveryRow.created_us.desc(), DeliveryRow.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_delivery(row) for row in session.scalars(query)]

    def delivery(self, delivery_id: str) -> Delivery | None:
        """A message; None if there is none."""
        with self._database.reading() as session:
            row = session.get(DeliveryRow, delivery_id)
            return None if row is None else _delivery(row)

    def claim(self, at: datetime, until: datetime) -> Delivery | None:
        """A message that is due, kept from others until then; None without one.

        What it is about is at rest, so that it can be told.
        """
        going = exists().where(
            RunRow.id == DeliveryRow.target,
            RunRow.state.in_([state.value for state in ACTIVE]),
        )
        grouped = exists().where(
            RunRow.record["group"].as_string() == DeliveryRow.target,
            RunRow.state.in_([state.value for state in ACTIVE]),
        )
        begun = or_(
            exists().where(RunRow.id == DeliveryRow.target),
            exists().where(
                GroupRow.id == DeliveryRow.target, GroupRow.state != GroupState.ACTIVE.value
            ),
        )
        ready = (
            select(DeliveryRow)
            .where(
                DeliveryRow.state == DeliveryState.WAITING.value,
                DeliveryRow.due_us <= microseconds(at),
                begun,
                ~going,
                ~grouped,
            )
            .order_by(DeliveryRow.due_us)
            .limit(1)
        )
        with self._database.reading() as session:
            if session.scalars(ready).first() is None:  # mostly, and no lock is needed to see it
                return None
        with self._database.writing() as session:
            row = session.scalars(ready.with_for_update(skip_locked=True, of=DeliveryRow)).first()
            if row is None:
                return None
            row.tries, row.due_us = row.tries + 1, microseconds(until)
            return _delivery(row)

    def waiting(self) -> bool:
        """Whether a message waits for its run, or to be sent now."""
        query = select(DeliveryRow.id).where(
            DeliveryRow.state == DeliveryState.WAITING.value,
            DeliveryRow.due_us <= microseconds(now()),
        )
        with self._database.reading() as session:
            return session.scalar(query.limit(1)) is not None

    def written(self, delivery: Delivery, body: str) -> None:
        """Keep what is sent, so that each attempt sends the same."""
        self._set(delivery.id, body=body)

    def settle(self, delivery: Delivery, state: DeliveryState, said: str | None = None) -> None:
        """Keep how a message ended."""
        self._set(delivery.id, state=state.value, said=said)

    def postpone(self, delivery: Delivery, until: datetime, said: str | None = None) -> None:
        """Set the time of the next attempt."""
        self._set(delivery.id, due_us=microseconds(until), said=said)

    def again(self, delivery: Delivery) -> None:
        """Send a message again from now on, as if it had never been tried."""
        state = DeliveryState.WAITING.value
        self._set(delivery.id, state=state, tries=0, due_us=microseconds(now()), said=None)

    def withdraw(self, target: str) -> None:
        """Remove the messages about what has not begun."""
        with self._database.writing() as session:
            session.execute(delete(DeliveryRow).where(DeliveryRow.target == target))

    def forget(self, run_id: str) -> None:
        """Remove the messages that tell of a run."""
        about = (DeliveryRow.target == run_id) | DeliveryRow.body.contains(run_id)
        with self._database.writing() as session:
            session.execute(delete(DeliveryRow).where(about))

    def sweep(self, before: datetime) -> None:
        """Forget messages that are older than this, whatever became of them."""
        with self._database.writing() as session:
            old = delete(DeliveryRow).where(DeliveryRow.created_us < microseconds(before))
            session.execute(old)

    def _set(self, delivery_id: str, **values: object) -> None:
        one = DeliveryRow.id == delivery_id
        with self._database.writing() as session:
            session.execute(update(DeliveryRow).where(one).values(**values))


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, timezone.utc)


def _webhook(row: WebhookRow) -> Webhook:
    kinds = tuple(Kind(kind) for kind in row.kinds.split(","))
    return Webhook(row.id, row.owner, row.url, kinds, _moment(row.created_us))


def _delivery(row: DeliveryRow) -> Delivery:
    return Delivery(
        id=row.id,
        webhook=row.webhook,
        kind=Kind(row.kind),
        target=row.target,
        state=DeliveryState(row.state),
        tries=row.tries,
        due_at=_moment(row.due_us),
        created_at=_moment(row.created_us),
        said=row.said,
        body=row.body,
    )
