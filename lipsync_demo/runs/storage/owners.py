"""The processes that drive runs, as far as they show signs of life in a shared database."""

from __future__ import annotations

from sqlalchemy import BigInteger, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database, database_ms
from lipsync_demo.runs.storage.base import Base

FORGOTTEN_MS = 3_600_000
"""Milliseconds after the end of its lease for which a process is remembered."""


class OwnerRow(Base):
    __tablename__ = "owners"

    owner: Mapped[str] = mapped_column(String(32), primary_key=True)
    until_ms: Mapped[int] = mapped_column(BigInteger)
    hosts_local: Mapped[bool]


class Owners:
    """Processes by name, each with the end of its lease by the database's clock."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def renew(self, owner: str, lease_ms: int, *, hosts_local: bool) -> None:
        """Let a process's lease last for `lease_ms` milliseconds from now."""
        with self._database.writing() as session:
            at_ms = database_ms(session)
            row = OwnerRow(owner=owner, until_ms=at_ms + lease_ms, hosts_local=hosts_local)
            session.merge(row)
            session.execute(delete(OwnerRow).where(OwnerRow.until_ms < at_ms - FORGOTTEN_MS))

    def leave(self, owner: str) -> None:
        """End a process's lease."""
        with self._database.writing() as session:
            session.execute(delete(OwnerRow).where(OwnerRow.owner == owner))

    def held(self, owner: str) -> bool:
        """Whether a process's lease has neither ended nor been left."""
        with self._database.reading() as session:
            query = select(OwnerRow.until_ms).where(OwnerRow.owner == owner)
            until = session.scalars(query).first()
            return until is not None and until >= database_ms(session)

    def hosted_local(self, besides: str) -> bool:
        """Whether another process takes over local runs that no process drives."""
        with self._database.reading() as session:
            query = select(OwnerRow.owner).where(
                OwnerRow.owner != besides,
                OwnerRow.hosts_local,
                OwnerRow.until_ms >= database_ms(session),
            )
            return session.scalars(query.limit(1)).first() is not None
