"""Runs in a database."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from lipsync_demo.database import Database
from lipsync_demo.metrics.table import RUN_SECONDS, RUNS_ENDED
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.group import Group
from lipsync_demo.runs.record.run import ACTIVE, Run, RunState, dump_run, load_run
from lipsync_demo.runs.storage.ledger import put_aside
from lipsync_demo.runs.storage.record_table import ANYBODY, RecordTable, Row
from lipsync_demo.runs.storage.run_row import RunRow, written_model, written_task
from lipsync_demo.runs.storage.run_texts import RunTexts

LOCAL_COPIES = 3
"""How often a local run's inputs or output are written after its inputs are here."""


class RunTable(RecordTable[Run]):
    """The runs of one database; their files are in folders under `folder`."""

    row = RunRow

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.texts = RunTexts()
        self._folder = folder

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

    def change(
        self,
        record_id: str,
        edit: Callable[[Run], Run],
        *,
        token: str | None = ANYBODY,
        new_token: str | None = None,
    ) -> tuple[Run, Run]:
        """The same, and a run that comes to rest is counted by the process that writes it."""
        before, after = super().change(record_id, edit, token=token, new_token=new_token)
        if before.state.active and not after.state.active:
            RUNS_ENDED.count(backend=after.backend, state=after.state.value)
            if after.state is RunState.DONE:
                taken = after.updated_at - after.started_at
                RUN_SECONDS.observe(taken.total_seconds(), backend=after.backend)
        return before, after

    def remove(self, record_id: str) -> None:
        """Forget a run; what it cost counts on."""
        with self.database.writing() as session:
            session.execute(delete(RunRow).where(RunRow.id == record_id))
            put_aside(session, record_id)

    def states(self) -> Mapping[str, int]:
        """How many runs are in each state; none for states that no run is in."""
        query = select(RunRow.state, func.count()).group_by(RunRow.state)
        with self.database.reading() as session:
            return {row[0]: row[1] for row in session.execute(query)}

    def list(
        self,
        limit: int = 50,
        *,
        ids: Collection[str] | None = None,
        states: Collection[RunState] | None = None,
        backend: str | None = None,
        model: str | None = None,
        group: str | None = None,
        inputs: Collection[str] | None = None,
    ) -> Sequence[Run]:
        """Runs, newest first, of these ids, states, backend, model and group when given.

        With `inputs`, only those with a video or a speech whose SHA-256 is among them.
        """
        query = select(RunRow).order_by(RunRow.created_us.desc(), RunRow.id).limit(limit)
        if ids is not None:
            query = query.where(RunRow.id.in_(ids))
        if states is not None:
            query = query.where(RunRow.state.in_([state.value for state in states]))
        if backend is not None:
            query = query.where(RunRow.backend == backend)
        if model is not None:
            query = query.where(written_model() == model)
        if group is not None:
            query = query.where(RunRow.record["group"].as_string() == group)
        if inputs is not None:
            query = query.where(_hash("video").in_(inputs) | _hash("audio").in_(inputs))
        with self.database.reading() as session:
            return self.loaded(session, query)

    def loaded(self, session: Session, query: Select[Any]) -> Sequence[Run]:
        """The runs that a query finds."""
        return [self._load(row) for row in session.scalars(query)]

    def of_group(self, group: Group) -> Sequence[Run | None]:
        """The run of each item as it stands, None where none was begun or it was deleted."""
        ids = group.run_ids
        known = {run.id: run for run in self.list(len(ids), ids=ids)} if ids else {}
        return [known.get(item.run_id or "") for item in group.items]

    def count(
        self, states: Collection[RunState], backend: str, session_id: str | None = None
    ) -> int:
        """How many runs of a backend, or of one browser session, are in one of these states."""
        query = select(func.count()).where(
            RunRow.state.in_([state.value for state in states]), RunRow.backend == backend
        )
        if session_id is not None:
            query = query.where(RunRow.record["session"].as_string() == session_id)
        with self.database.reading() as session:
            return session.scalar(query) or 0

    def ahead(self, backend: str, session_id: str | None) -> int:
        """How many unfinished runs of others a new run of this session waits for.

        Sessions take turns: of each other one it waits for no more than are its own, and one more.
        """
        whose = RunRow.record["session"].as_string()
        query = (
            select(whose, func.count())
            .where(RunRow.state.in_([state.value for state in ACTIVE]), RunRow.backend == backend)
            .group_by(whose)
        )
        with self.database.reading() as session:
            counts: dict[str | None, int] = {row[0]: row[1] for row in session.execute(query)}
        own = counts.pop(session_id, 0) if session_id is not None else 0
        return sum(min(count, own + 1) for count in counts.values())

    def tasks(self, *, but_of: str) -> set[str]:
        """Ids of the tasks that belong to runs other than this one."""
        columns = written_task(), RunRow.record["other_tasks"]
        with self.database.reading() as session:
            rows = session.execute(select(*columns).where(RunRow.id != but_of))
            return {task for latest, others in rows for task in (latest, *(others or ())) if task}

    def owners_of(self, task: str) -> set[str | None]:
        """The owners of the runs whose latest task is this one."""
        query = select(RunRow.record["owner"].as_string()).where(written_task() == task)
        with self.database.reading() as session:
            return set(session.scalars(query))

    def input_hashes(self) -> set[str]:
        """SHA-256 of every input of every run."""
        columns = [_hash(role) for role in ("video", "audio")]
        with self.database.reading() as session:
            return {name for row in session.execute(select(*columns)) for name in row if name}

    def promised(self) -> int:
        """Bytes that the unfinished runs may still write, by the size of their inputs.

        The output is taken to be as large.  The API's is copied once; the local backend keeps
        the inputs and the output, too.
        """
        sizes = [
            func.coalesce(RunRow.record[role]["size_bytes"].as_integer(), 0)
            for role in ("video", "audio")
        ]
        query = (
            select(RunRow.backend, func.sum(sizes[0] + sizes[1]))
            .where(RunRow.state.in_([state.value for state in ACTIVE]))
            .group_by(RunRow.backend)
        )
        with self.database.reading() as session:
            return sum(
                int(size) * (LOCAL_COPIES if backend == "local" else 1)
                for backend, size in session.execute(query)
            )

    def unfinished(self) -> Sequence[tuple[str, str | None]]:
        """Id and lease token of every run that is not at rest, oldest first."""
        return self._driven(*(state.value for state in ACTIVE))


def _hash(role: str) -> ColumnElement[str]:
    """The SHA-256 of a row's `video` or `audio`."""
    found: ColumnElement[str] = RunRow.record[role]["sha256"].as_string()
    return found
