"""Comparisons and batches in the database of the runs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, mapped_column

from lipsync_demo.database import Database
from lipsync_demo.runs.record import words
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import GroupNotFound
from lipsync_demo.runs.record.folder import is_url
from lipsync_demo.runs.record.group import (
    Group,
    GroupKind,
    GroupState,
    Item,
    dump_group,
    load_group,
)
from lipsync_demo.runs.storage.record_table import RecordTable, Row


class GroupRow(Row):
    __tablename__ = "groups"

    kind: Mapped[str] = mapped_column(String(16))


class GroupTable(RecordTable[Group]):
    """The groups of one database; copies of their inputs are in folders under `folder`."""

    row = GroupRow

    def __init__(self, database: Database, folder: Path | None = None) -> None:
        self.database = database
        self._folder = folder

    def _load(self, row: Row) -> Group:
        group = load_group(row.record)
        if self._folder is None:
            return group
        here = self._folder / group.id
        return replace(group, items=tuple(_moved(item, here) for item in group.items))

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
        query = select(GroupRow).order_by(GroupRow.created_us.desc(), GroupRow.id).limit(limit)
        if ids is not None:
            query = query.where(GroupRow.id.in_(ids))
        if kind is not None:
            query = query.where(GroupRow.kind == kind.value)
        with self.database.reading() as session:
            return [self._load(row) for row in session.scalars(query)]

    def run_ids(self, ids: Collection[str]) -> Sequence[str]:
        """Ids of the runs begun for these groups, the newest group's first."""
        query = (
            select(GroupRow.record["items"])
            .where(GroupRow.id.in_(ids))
            .order_by(GroupRow.created_us.desc(), GroupRow.id)
        )
        with self.database.reading() as session:
            items = [item for found in session.scalars(query) for item in found]
        return [item["run_id"] for item in items if item.get("run_id")]

    def forget(self, group_id: str, run_id: str) -> None:
        """A run of the group was deleted: its item is not begun again by itself."""

        def forgotten(group: Group) -> Group:
            items = [
                replace(item, run_id=None, trouble=words.RUN_DELETED)
                if item.run_id == run_id
                else item
                for item in group.items
            ]
            return replace(group, items=tuple(items))

        with suppress(GroupNotFound):
            self.change(group_id, forgotten)

    def unfinished(self) -> Sequence[tuple[str, str | None]]:
        """Id and lease token of every group whose runs are still to be begun, oldest first."""
        return self._driven(GroupState.ACTIVE.value)


def _moved(item: Item, folder: Path) -> Item:
    """The item with its copies below `folder`, whichever machine has written it."""
    return replace(item, video=_below(item.video, folder), audio=_below(item.audio, folder))


def _below(source: str, folder: Path) -> str:
    if is_url(source):
        return source
    _, copied, name = Path(source).as_posix().partition(f"/groups/{folder.name}/")
    return str(folder / name) if copied else source
