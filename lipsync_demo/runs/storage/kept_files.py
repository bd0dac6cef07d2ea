"""Which files of runs and groups lie in the object store, by place: `runs/<id>`, `groups/<id>`.

A place that was deleted keeps a row without a name, from which other machines learn that their
copies must go.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.database import Database, Lost
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.record.errors import GroupNotFound, RunNotFound
from lipsync_demo.runs.record.run import ACTIVE
from lipsync_demo.runs.storage.base import Base
from lipsync_demo.runs.storage.group_table import GroupRow
from lipsync_demo.runs.storage.record_table import ANYBODY, NAMED_AT_ONCE
from lipsync_demo.runs.storage.run_row import RunRow

RUNS, GROUPS = "runs", "groups"
"""The folders whose files are kept; the first part of a place."""

_RECORDS: Mapping[str, type[RunRow] | type[GroupRow]] = {RUNS: RunRow, GROUPS: GroupRow}

_DELETED = ""
"""The name in the row of a deleted place."""

_CLEARED = "cleared"
"""Its checksum once the store has nothing of it any more."""


class KeptFileRow(Base):
    __tablename__ = "kept_files"

    place: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(512), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger)
    changed_us: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Kept:
    """The content of a file in the store; `size` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Deleted:
    """A place that was deleted; `cleared` once the store has nothing of it any more."""

    place: str
    cleared: bool
    deleted_us: int


class KeptFiles:
    """The table of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, place: str) -> Mapping[str, Kept]:
        """The files of a place by name."""
        query = select(KeptFileRow).where(KeptFileRow.place == place, KeptFileRow.name != _DELETED)
        with self._database.reading() as session:
            return {row.name: Kept(row.sha256, row.size) for row in session.scalars(query)}

    def promise(self, place: str, files: Mapping[str, Kept]) -> None:
        """Note files that are about to be stored, for a record that is about to be written.

        Nothing is noted for a record that exists: it cannot be written again.  A deleted one can.
        """
        kind, _, record_id = place.partition("/")
        with self._database.writing() as session:
            if session.get(_RECORDS[kind], record_id) is None:
                session.execute(
                    delete(KeptFileRow).where(
                        KeptFileRow.place == place, KeptFileRow.name == _DELETED
                    )
                )
                _write(session, place, files)

    def write(self, place: str, files: Mapping[str, Kept], token: str | None = ANYBODY) -> None:
        """Note files that were stored; with `token`, only while that lease drives the record.

        Raises:
            Lost: the record is driven under another lease.
            RunNotFound, GroupNotFound: it was deleted.
        """
        kind, _, record_id = place.partition("/")
        with self._database.writing() as session:
            row = session.get(_RECORDS[kind], record_id, with_for_update=True)
            if row is None:
                raise RunNotFound(record_id) if kind == RUNS else GroupNotFound(record_id)
            if token is not ANYBODY and row.owner != token:
                raise Lost(record_id)
            _write(session, place, files)

    def drop(self, place: str, names: Collection[str]) -> None:
        """Forget some files of a place."""
        with self._database.writing() as session:
            session.execute(
                delete(KeptFileRow).where(KeptFileRow.place == place, KeptFileRow.name.in_(names))
            )

    def forget(self, place: str) -> None:
        """Forget all files of a place, and note that it was deleted."""
        with self._database.writing() as session:
            _forget(session, place)

    def cleared(self, place: str) -> None:
        """Note that the store has nothing of a deleted place any more."""
        with self._database.writing() as session:
            row = session.get(KeptFileRow, (place, _DELETED))
            if row is not None:
                row.sha256 = _CLEARED

    def deleted(self) -> Sequence[Deleted]:
        """The places that were deleted."""
        query = select(KeptFileRow).where(KeptFileRow.name == _DELETED)
        with self._database.reading() as session:
            return [
                Deleted(row.place, row.sha256 == _CLEARED, row.changed_us)
                for row in session.scalars(query)
            ]

    def bury(self, places: Collection[str]) -> None:
        """Forget that these places were deleted."""
        with self._database.writing() as session:
            session.execute(
                delete(KeptFileRow).where(
                    KeptFileRow.place.in_(places), KeptFileRow.name == _DELETED
                )
            )

    def forget_orphans(self, before_us: int) -> None:
        """Note as deleted what has no record and has not changed since this moment.

        It belongs to a record that a killed process did not write, or did delete.
        """
        for kind, table in _RECORDS.items():
            old = (
                select(KeptFileRow.place)
                .where(KeptFileRow.place.startswith(f"{kind}/"), KeptFileRow.name != _DELETED)
                .where(func.substr(KeptFileRow.place, len(kind) + 2).not_in(select(table.id)))
                .group_by(KeptFileRow.place)
                .having(func.max(KeptFileRow.changed_us) < before_us)
            )
            with self._database.writing() as session:
                for place in session.scalars(old).all():
                    _forget(session, place)

    def at_rest(self, ids: Sequence[str]) -> Mapping[str, Mapping[str, Kept]]:
        """The files of those of these runs that are at rest, by the run's id."""
        found: dict[str, dict[str, Kept]] = {}
        active = [state.value for state in ACTIVE]
        for start in range(0, len(ids), NAMED_AT_ONCE):
            some = ids[start : start + NAMED_AT_ONCE]
            resting = select(RunRow.id).where(RunRow.id.in_(some), RunRow.state.not_in(active))
            with self._database.reading() as session:
                rest = list(session.scalars(resting))
                found |= {run_id: {} for run_id in rest}
                query = select(KeptFileRow).where(
                    KeptFileRow.place.in_([f"{RUNS}/{run_id}" for run_id in rest]),
                    KeptFileRow.name != _DELETED,
                )
                for row in session.scalars(query):
                    found[row.place.partition("/")[2]][row.name] = Kept(row.sha256, row.size)
        return found

    def sizes(self) -> Mapping[str, tuple[int, int]]:
        """Bytes and number of the files of each place."""
        query = (
            select(KeptFileRow.place, func.sum(KeptFileRow.size), func.count())
            .where(KeptFileRow.name != _DELETED)
            .group_by(KeptFileRow.place)
        )
        with self._database.reading() as session:
            return {row[0]: (int(row[1]), int(row[2])) for row in session.execute(query)}


def _write(session: Session, place: str, files: Mapping[str, Kept]) -> None:
    moment = microseconds(now())
    for name, kept in files.items():
        session.merge(
            KeptFileRow(
                place=place, name=name, sha256=kept.sha256, size=kept.size, changed_us=moment
            )
        )


def _forget(session: Session, place: str) -> None:
    session.execute(delete(KeptFileRow).where(KeptFileRow.place == place))
    moment = microseconds(now())
    session.add(KeptFileRow(place=place, name=_DELETED, sha256="", size=0, changed_us=moment))
