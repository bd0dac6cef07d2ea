"""Undelivered webhooks, stored in the database of the jobs.

A webhook is stored when its task is accepted and removed once it is delivered or has failed, so
that neither a crash nor a restart loses it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BigInteger, String, Text, delete, select, update
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.backend.jobs.store import runs
from lipsync_demo.database import Database


class DeliveryRow(Base):
    __tablename__ = "deliveries"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(String(32), index=True)
    url: Mapped[str] = mapped_column(Text)
    base_url: Mapped[str] = mapped_column(Text)
    tries: Mapped[int]
    due_ms: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class Delivery:
    """One webhook to one receiver.

    Attributes:
        base_url: this server's URL for the task's owner.
        tries: number of attempts, including the current one.
        due_ms: time of the next attempt, UTC milliseconds since 1970.
    """

    number: int
    job_id: str
    url: str
    base_url: str
    tries: int
    due_ms: int


class Outbox:
    """The undelivered webhooks of one server."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, job_id: str, url: str, base_url: str) -> None:
        """Store a webhook to `url` for the end of this job."""
        row = DeliveryRow(job_id=job_id, url=url, base_url=base_url, tries=0, due_ms=0)
        with self._database.writing() as session:
            session.add(row)

    def claim(self, at_ms: int, until_ms: int) -> Delivery | None:
        """Claim a webhook that is due at `at_ms` and whose job has ended; None without one.

        The claim expires at `until_ms`.
        """
        due = (DeliveryRow.due_ms <= at_ms) & ~runs(DeliveryRow.job_id.expression)
        ready = select(DeliveryRow).where(due).order_by(DeliveryRow.due_ms).limit(1)
        with self._database.writing() as session:
            row = session.scalars(ready.with_for_update(skip_locked=True)).first()
            if row is None:
                return None
            row.tries, row.due_ms = row.tries + 1, until_ms
            return Delivery(row.number, row.job_id, row.url, row.base_url, row.tries, row.due_ms)

    def postpone(self, delivery: Delivery, until_ms: int) -> None:
        """Set the time of the next attempt."""
        one = DeliveryRow.number == delivery.number
        with self._database.writing() as session:
            session.execute(update(DeliveryRow).where(one).values(due_ms=until_ms))

    def settle(self, delivery: Delivery) -> None:
        """Remove a webhook that was delivered or has failed."""
        with self._database.writing() as session:
            session.execute(delete(DeliveryRow).where(DeliveryRow.number == delivery.number))

    def recover(self) -> None:
        """Release the claims of an earlier server."""
        with self._database.writing() as session:
            session.execute(update(DeliveryRow).values(due_ms=0))

    def empty(self) -> bool:
        with self._database.reading() as session:
            return session.scalar(select(DeliveryRow.number).limit(1)) is None
