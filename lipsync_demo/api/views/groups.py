"""Comparisons and batches, as programs are told of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal

from lipsync_demo.api.views.base import Id, View
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState


class ItemView(View):
    """One pair of a comparison or batch, and the run that was begun for it."""

    label: str
    model: str
    sync_modes: list[SyncMode]
    choices: dict[str, str]
    video: str
    audio: str
    run_id: Id | None
    state: RunState | None
    trouble: str | None

    @classmethod
    def of(cls, item: Item, run: Run | None) -> ItemView:
        """An item with its run."""
        return cls(
            label=item.label,
            model=item.model,
            sync_modes=list(item.modes),
            choices=dict(item.choices),
            video=file_name(item.video),
            audio=file_name(item.audio),
            run_id=item.run_id,
            state=run.state if run else None,
            trouble=item.trouble,
        )


class GroupView(View):
    """A comparison or a batch; `active` is whether it or one of its runs goes on by itself."""

    group_id: Id
    kind: GroupKind
    state: GroupState
    active: bool
    title: str
    backend: Literal["wavespeed", "local"]
    created_at: datetime
    updated_at: datetime
    concurrency: int
    spend_limit: Decimal | None
    trouble: str | None
    items: list[ItemView]

    @classmethod
    def of(cls, group: Group, runs: Sequence[Run | None]) -> GroupView:
        """A group with the run of each item."""
        going = any(run is not None and run.state.active for run in runs)
        return cls(
            group_id=group.id,
            kind=group.kind,
            state=group.state,
            active=going or group.state is GroupState.ACTIVE,
            title=group.title,
            backend=group.backend,
            created_at=group.created_at,
            updated_at=group.updated_at,
            concurrency=group.concurrency,
            spend_limit=group.spend_limit,
            trouble=group.trouble,
            items=[ItemView.of(item, run) for item, run in zip(group.items, runs, strict=True)],
        )


class GroupsView(View):
    """A part of the list of comparisons or batches; `next` is the cursor of the next part."""

    groups: list[GroupView]
    next: str | None
