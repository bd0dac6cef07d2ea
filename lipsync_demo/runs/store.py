"""Runs in a database: SQLite by default, any SQLAlchemy URL otherwise.

A row is the run's record as JSON beside the columns that are searched.  Every change is
one conditional UPDATE on the row's version, so two processes never overwrite each other,
and no transaction stays open across a step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, cast

from sqlalchemy import JSON, BigInteger, Engine, String, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.runs.database import Base, connect, create
from lipsync_demo.runs.errors import RunNotFound
from lipsync_demo.runs.models import ACTIVE, Run, RunState, dump_run, load_run
from lipsync_demo.runs.times import microseconds, now


class _Row(Base):
    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created_us: Mapped[int] = mapped_column(BigInteger, index=True)
    state: Mapped[str] = mapped_column(String(16), index=True)
    backend: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str | None] = mapped_column(String(64))
    version: Mapped[int]
    record: Mapped[dict[str, Any]] = mapped_column(JSON)


ANYBODY: Final = "*"


class Lost(Exception):  # noqa: N818
    """The run is driven by somebody else by now; whoever sees this lets go of it."""


class RunStore:
    """The runs of one database and the folder their files are in."""

    def __init__(self, url: str, folder: Path) -> None:
        self._engine = connect(url)
        self._folder = folder
        create(self._engine, folder)

    @property
    def engine(self) -> Engine:
        """The database, for the stores of what belongs to runs."""
        return self._engine

    def close(self) -> None:
        self._engine.dispose()

    def _load(self, row: _Row) -> Run:
        return load_run(row.record, self._folder / row.id)

    def _row(self, session: Session, run_id: str) -> _Row:
        row = session.get(_Row, run_id)
        if row is None:
            raise RunNotFound(run_id)
        return row

    def add(self, run: Run, owner: str | None) -> None:
        """Keep a new run, driven by `owner`."""
        with Session(self._engine) as session, session.begin():
            session.add(
                _Row(
                    id=run.id,
                    created_us=microseconds(run.created_at),
                    state=run.state.value,
                    backend=run.backend,
                    owner=owner,
                    version=1,
                    record=dump_run(run),
                )
            )

    def get(self, run_id: str) -> Run:
        """The run with this id.

        Raises:
            RunNotFound: there is none.
        """
        with Session(self._engine) as session:
            return self._load(self._row(session, run_id))

    def list(
        self,
        limit: int = 50,
        *,
        ids: Collection[str] | None = None,
        states: Collection[RunState] | None = None,
        backend: str | None = None,
    ) -> Sequence[Run]:
        """Runs, newest first, of these ids, states and backend when given."""
        query = select(_Row).order_by(_Row.created_us.desc(), _Row.id).limit(limit)
        if ids is not None:
            query = query.where(_Row.id.in_(ids))
        if states is not None:
            query = query.where(_Row.state.in_([state.value for state in states]))
        if backend is not None:
            query = query.where(_Row.backend == backend)
        with Session(self._engine) as session:
            return [self._load(row) for row in session.scalars(query)]

    def change(
        self,
        run_id: str,
        edit: Callable[[Run], Run],
        *,
        driven_by: str | None = ANYBODY,
        hand_to: str | None = None,
    ) -> tuple[Run, Run]:
        """Replace a run by `edit(run)`; gives it as it was and as it is.

        `edit` may be called again when somebody else changed the run in between; nothing
        is written when it gives the very run it got.  With `driven_by`, only while that
        owner (None: nobody) drives the run; `hand_to` makes another one drive it.  A run
        that comes to rest is driven by nobody.

        Raises:
            Lost: somebody else drives the run.
            RunNotFound: there is no such run.
        """
        while True:
            with Session(self._engine) as session:
                row = self._row(session, run_id)
                if driven_by is not ANYBODY and row.owner != driven_by:
                    raise Lost(run_id)
                before, version, owner = self._load(row), row.version, row.owner
            edited = edit(before)
            if edited is before and hand_to is None:
                return before, before
            after = replace(edited, updated_at=now())
            values = {
                "state": after.state.value,
                "record": dump_run(after),
                "version": version + 1,
                "owner": (hand_to or owner) if after.state.active else None,
            }
            with Session(self._engine) as session, session.begin():
                result = session.execute(
                    update(_Row).where(_Row.id == run_id, _Row.version == version).values(**values)
                )
                if cast("CursorResult[Any]", result).rowcount == 1:
                    return before, after

    def driver(self, run_id: str) -> str | None:
        """Who drives the run, None when nobody does."""
        with Session(self._engine) as session:
            return self._row(session, run_id).owner

    def tasks(self, *, but_of: str) -> set[str]:
        """Ids of the tasks that belong to the latest runs other than this one."""
        runs = [run for run in self.list(500) if run.id != but_of]
        return {task for run in runs for task in (run.prediction_id, *run.other_tasks) if task}

    def unfinished(self) -> Sequence[tuple[str, str | None]]:
        """Id and owner of every run that is not at rest, oldest first."""
        query = (
            select(_Row.id, _Row.owner)
            .where(_Row.state.in_([state.value for state in ACTIVE]))
            .order_by(_Row.created_us)
        )
        with Session(self._engine) as session:
            return [(run_id, owner) for run_id, owner in session.execute(query)]
