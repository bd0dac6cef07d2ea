"""Records in the database: a JSON document beside the columns that are searched.

Every change is written only over the version that was read, so two processes never overwrite
each other, and no transaction stays open while a record is edited.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final, Generic, Protocol, TypeVar

from sqlalchemy import JSON, BigInteger, String, delete, select
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column

from lipsync_demo.database import Database, Lost
from lipsync_demo.runs.record.clock import microseconds
from lipsync_demo.runs.record.errors import RunsError
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.runs.storage.ownership import check_mine

ANYBODY: Final = "*"

NAMED_AT_ONCE = 500
"""Ids that one statement names."""


class Record(Protocol):
    """What is kept: its state has a string for a value."""

    @property
    def id(self) -> str: ...

    @property
    def created_at(self) -> datetime: ...

    @property
    def state(self) -> Enum: ...

    @property
    def owner(self) -> str | None: ...


T = TypeVar("T", bound=Record)


@dataclass(frozen=True, slots=True)
class Mark:
    """The place of a record in the list of all: what comes after it is older."""

    created_us: int
    record_id: str

    @classmethod
    def of(cls, record: Record) -> Mark:
        """The place of a record."""
        return cls(microseconds(record.created_at), record.id)


@dataclass(frozen=True, slots=True)
class Part(Generic[T]):
    """A part of a list, newest first; `rest` is its end if there is a further part."""

    records: Sequence[T]
    rest: Mark | None


class Row(Base):
    """The columns every table of records has."""

    __abstract__ = True

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_us: Mapped[int] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    owner: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int]
    record: Mapped[dict[str, Any]] = mapped_column(JSON)

    @declared_attr.directive
    def __mapper_args__(cls) -> dict[str, Any]:  # noqa: N805 - SQLAlchemy gives it the class
        return {"version_id_col": cls.version}


class RecordTable(ABC, Generic[T]):
    """One table of records of type T.

    A subclass says how a record is read (`_load`), written (`_dump`), stamped with the moment
    of its change (`_stamped`), whether it is to be driven (`_active`) and what is raised when
    there is none (`_missing`).
    """

    row: type[Row]
    database: Database

    @abstractmethod
    def _load(self, row: Any) -> T: ...

    @abstractmethod
    def _dump(self, item: T) -> dict[str, Any]: ...

    @abstractmethod
    def _stamped(self, item: T) -> T: ...

    @abstractmethod
    def _active(self, item: T) -> bool: ...

    @abstractmethod
    def _missing(self, record_id: str) -> RunsError: ...

    def _columns(self, item: T) -> dict[str, Any]:
        """Further columns of a new row."""
        return {}

    def _row(self, session: Session, record_id: str) -> Row:
        row = session.get(self.row, record_id)
        if row is None:
            raise self._missing(record_id)
        return row

    def add(self, item: T, token: str | None) -> None:
        """Keep a new record, driven under the lease with this token."""
        with self.database.writing() as session:
            session.add(
                self.row(
                    id=item.id,
                    created_us=microseconds(item.created_at),
                    state=item.state.value,
                    owner=token,
                    record=self._dump(item),
                    **self._columns(item),
                )
            )

    def get(self, record_id: str) -> T:
        """The record with this id.

        Raises:
            RunsError: there is none.
        """
        with self.database.reading() as session:
            return self._load(self._row(session, record_id))

    def own(self, record_id: str) -> T:
        """The record with this id, which whoever acts may change.

        Raises:
            NotYours: it belongs to another visitor.
            RunsError: there is none.
        """
        record = self.get(record_id)
        check_mine(record)
        return record

    def change(
        self,
        record_id: str,
        edit: Callable[[T], T],
        *,
        token: str | None = ANYBODY,
        new_token: str | None = None,
    ) -> tuple[T, T]:
        """Replace a record by `edit(record)`; return it as it was and as it is.

        `edit` may be called again when somebody else changed it in between; nothing is
        written when it gives the very record it got.  With `token`, only while the record is
        driven under that lease (None: under none); `new_token` hands it to another.  A record
        that comes to rest is driven under none.

        Raises:
            Lost: it is driven under another lease.
            NotYours: whoever acts may not change it.
            RunsError: there is none with this id.
        """
        while True:
            with self.database.reading() as session:
                row = self._row(session, record_id)
            before = self._load(row)
            check_mine(before)
            if token is not ANYBODY and row.owner != token:
                raise Lost(record_id)
            edited = edit(before)
            if edited is before and new_token is None:
                return before, before
            after = self._stamped(edited)
            row.state, row.record = after.state.value, self._dump(after)
            row.owner = (new_token or row.owner) if self._active(after) else None
            try:
                with self.database.writing() as session:
                    session.add(row)
            except Lost:
                # Somebody wrote in between: whether this one still may is seen in what they wrote.
                continue
            return before, after

    def remove(self, record_id: str) -> None:
        """Forget a record; nothing happens when there is none."""
        with self.database.writing() as session:
            session.execute(delete(self.row).where(self.row.id == record_id))

    def token(self, record_id: str) -> str | None:
        """The token of the lease the record is driven under, None when nobody drives it."""
        with self.database.reading() as session:
            return self._row(session, record_id).owner

    def part(
        self,
        limit: int,
        *,
        owner: str | None = None,
        after: Mark | None = None,
        **columns: str | None,
    ) -> Part[T]:
        """The next records of a list: of one owner, and with these values of columns, if given."""
        table = self.row
        query = select(table).order_by(table.created_us.desc(), table.id).limit(limit + 1)
        if owner is not None:
            query = query.where(table.record["owner"].as_string() == owner)
        if after is not None:
            at = table.created_us
            follows = (at == after.created_us) & (table.id > after.record_id)
            query = query.where((at < after.created_us) | follows)
        for name, value in columns.items():
            if value is not None:
                query = query.where(getattr(table, name) == value)
        with self.database.reading() as session:
            found = [self._load(row) for row in session.scalars(query)]
        return Part(found[:limit], Mark.of(found[limit - 1]) if len(found) > limit else None)

    def of_owner(self, ids: Collection[str], owner: str) -> list[str]:
        """Those of these ids whose record belongs to a visitor, in the same order."""
        table = self.row
        query = select(table.id).where(
            table.id.in_(ids), table.record["owner"].as_string() == owner
        )
        with self.database.reading() as session:
            known = set(session.scalars(query))
        return [one for one in ids if one in known]

    def owners(self, ids: Collection[str]) -> dict[str, str | None]:
        """The visitor to whom each of these records belongs, by id; none for what is missing."""
        table, found = self.row, dict[str, str | None]()
        with self.database.reading() as session:
            # Databases limit how many values a statement may name.
            for at in range(0, len(wanted := list(ids)), NAMED_AT_ONCE):
                query = select(table.id, table.record["owner"].as_string()).where(
                    table.id.in_(wanted[at : at + NAMED_AT_ONCE])
                )
                found |= {row[0]: row[1] for row in session.execute(query)}
        return found

    def _driven(self, *states: str) -> list[tuple[str, str | None]]:
        """Id and lease token of every record in one of these states, oldest first."""
        table = self.row
        query = (
            select(table.id, table.owner).where(table.state.in_(states)).order_by(table.created_us)
        )
        with self.database.reading() as session:
            return [(record_id, owner) for record_id, owner in session.execute(query)]
