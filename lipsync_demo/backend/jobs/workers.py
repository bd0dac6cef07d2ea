"""The workers that render for this database's servers, as far as they show signs of life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import BigInteger, String, Text, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.backend.jobs.base import Base
from lipsync_demo.database import Database, database_ms


class WorkerRow(Base):
    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    release: Mapped[str] = mapped_column(String(32))
    processes: Mapped[int]
    seen_ms: Mapped[int] = mapped_column(BigInteger)
    problem: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True, kw_only=True)
class WorkerNote:
    """What a worker says of itself.

    Attributes:
        name: differs at each start.
        release: the version of this package.
        processes: how many jobs it renders at once.
        problem: why it renders nothing; None if it does.
    """

    name: str
    release: str
    processes: int
    problem: str | None = None


class Workers:
    """The notes of all workers in one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, said: WorkerNote) -> None:
        """Store what a worker says of itself now, instead of what it said before."""
        with self._database.writing() as session:
            session.merge(WorkerRow(**vars(said), seen_ms=database_ms(session)))

    def leave(self, name: str) -> None:
        """Forget a worker that has ended."""
        with self._database.writing() as session:
            session.execute(delete(WorkerRow).where(WorkerRow.name == name))

    def alive(self, within_ms: int) -> Sequence[WorkerNote]:
        """The workers that have said something in the last `within_ms` milliseconds."""
        with self._database.reading() as session:
            since = database_ms(session) - within_ms
            rows = session.scalars(select(WorkerRow).where(WorkerRow.seen_ms >= since))
            return [
                WorkerNote(**{field.name: getattr(row, field.name) for field in fields(WorkerNote)})
                for row in rows
            ]

    def forget(self, before_ms: int) -> None:
        """Forget the workers that have said nothing for `before_ms` milliseconds."""
        with self._database.writing() as session:
            old = WorkerRow.seen_ms < database_ms(session) - before_ms
            session.execute(delete(WorkerRow).where(old))
