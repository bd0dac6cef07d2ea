"""Runs in a database: SQLite by default, any SQLAlchemy URL otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.run import ACTIVE, Run, RunState, dump_run, load_run
from lipsync_demo.runs.storage.database import connect, create
from lipsync_demo.runs.storage.record_table import Records, Row
from lipsync_demo.settings import MODEL_ID


class _RunRow(Row):
    __tablename__ = "runs"

    backend: Mapped[str] = mapped_column(String(16))


class RunStore(Records[Run]):
    """The runs of one database and the folder their files are in."""

    row = _RunRow

    def __init__(self, url: str, folder: Path) -> None:
        self.engine = connect(url)
        self._folder = folder
        create(self.engine, folder)

    def close(self) -> None:
        self.engine.dispose()

    def _load(self, row: Row) -> Run:
        return load_run(row.record, self._folder / row.id)

    def _dump(self, item: Run) -> dict[str, Any]:
        return dump_run(item)

    def _stamped(self, item: Run) -> Run:
        return replace(item, updated_at=now())

    def _active(self, item: Run) -> bool:
        return item.state.active

    def _missing(self, record_id: str) -> RunNotFound:
        return RunNotFound(record_id)

    def _columns(self, item: Run) -> dict[str, Any]:
        return {"backend": item.backend}

    def list(
        self,
        limit: int = 50,
        *,
        ids: Collection[str] | None = None,
        states: Collection[RunState] | None = None,
        backend: str | None = None,
        model: str | None = None,
        group: str | None = None,
    ) -> Sequence[Run]:
        """Runs, newest first, of these ids, states, backend, model and group when given."""
        query = select(_RunRow).order_by(_RunRow.created_us.desc(), _RunRow.id).limit(limit)
        if ids is not None:
            query = query.where(_RunRow.id.in_(ids))
        if states is not None:
            query = query.where(_RunRow.state.in_([state.value for state in states]))
        if backend is not None:
            query = query.where(_RunRow.backend == backend)
        if model is not None:
            # A record without one was written when there was only the default.
            written = func.coalesce(_RunRow.record["model"].as_string(), MODEL_ID)
            query = query.where(written == model)
        if group is not None:
            query = query.where(_RunRow.record["group"].as_string() == group)
        with Session(self.engine) as session:
            return [self._load(row) for row in session.scalars(query)]

    def count(self, states: Collection[RunState], backend: str) -> int:
        """How many runs of a backend are in one of these states."""
        query = select(func.count()).where(
            _RunRow.state.in_([state.value for state in states]), _RunRow.backend == backend
        )
        with Session(self.engine) as session:
            return session.scalar(query) or 0

    def tasks(self, *, but_of: str) -> set[str]:
        """Ids of the tasks that belong to the latest runs other than this one."""
        runs = [run for run in self.list(500) if run.id != but_of]
        return {task for run in runs for task in (run.prediction_id, *run.other_tasks) if task}

    def unfinished(self) -> Sequence[tuple[str, str | None]]:
        """Id and owner of every run that is not at rest, oldest first."""
        return self._driven(*(state.value for state in ACTIVE))
