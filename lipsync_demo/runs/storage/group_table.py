"""Comparisons and batches in the database of the runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import GroupNotFound
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, dump_group, load_group
from lipsync_demo.runs.storage.database import create
from lipsync_demo.runs.storage.record_table import Records, Row


class _GroupRow(Row):
    __tablename__ = "groups"

    kind: Mapped[str] = mapped_column(String(16))


class GroupStore(Records[Group]):
    """The groups of one database."""

    row = _GroupRow

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        create(engine, folder)

    def _load(self, row: Row) -> Group:
        return load_group(row.record)

    def _dump(self, item: Group) -> dict[str, Any]:
        return dump_group(item)

    def _stamped(self, item: Group) -> Group:
        return replace(item, updated_at=now())

    def _active(self, item: Group) -> bool:
        return item.state is GroupState.ACTIVE

    def _missing(self, record_id: str) -> GroupNotFound:
        return GroupNotFound(record_id)

    def _columns(self, item: Group) -> dict[str, Any]:
        return {"kind": item.kind.value}

    def list(
        self,
        limit: int = 50,
        *,
        ids: Collection[str] | None = None,
        kind: GroupKind | None = None,
    ) -> Sequence[Group]:
        """Groups, newest first, of these ids and kind when given."""
        query = select(_GroupRow).order_by(_GroupRow.created_us.desc(), _GroupRow.id).limit(limit)
        if ids is not None:
            query = query.where(_GroupRow.id.in_(ids))
        if kind is not None:
            query = query.where(_GroupRow.kind == kind.value)
        with Session(self.engine) as session:
            return [self._load(row) for row in session.scalars(query)]

    def unfinished(self) -> Sequence[tuple[str, str | None]]:
        """Id and owner of every group whose runs are still to be begun, oldest first."""
        return self._driven(GroupState.ACTIVE.value)
