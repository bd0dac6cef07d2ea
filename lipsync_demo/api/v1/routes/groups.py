"""Comparisons and batches: the same operations under two names."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.v1 import events
from lipsync_demo.api.v1.bodies import NewBatch, NewComparison
from lipsync_demo.api.v1.cursors import cursor_of, mark_of
from lipsync_demo.api.v1.described import (
    WRITING,
    Cursor,
    GroupId,
    Key,
    Limit,
    Prefer,
    allowed,
    refusals,
)
from lipsync_demo.api.v1.once import target
from lipsync_demo.api.v1.route import Operation
from lipsync_demo.api.v1.waiting import settled, waited
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.views import GroupsView, GroupView
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.group import Group, GroupKind
from lipsync_demo.runs.record.webhook import Kind

NAMES = {GroupKind.COMPARISON: "comparisons", GroupKind.BATCH: "batches"}
"""The address of each kind."""


def routes(actions: Actions, kind: GroupKind) -> APIRouter:
    """The operations on groups of one kind."""
    name, one = NAMES[kind], kind.value
    router = APIRouter(prefix=f"/{name}", tags=[name], route_class=Operation)
    groups = actions.groups

    def view(group: Group) -> GroupView:
        return GroupView.of(group, groups.runs(group))

    async def shown(group: Group, prefer: str | None, response: Response) -> GroupView:
        seconds = waited(prefer)
        if seconds:
            response.headers["Preference-Applied"] = f"wait={seconds}"
            group = await settled(lambda: groups.get(group.id), groups.at_rest, seconds)
        return await at_work(view, group)

    def compare(body: NewComparison, chosen: str | None) -> Group:
        pair = actions.source(body.video), actions.source(body.audio)
        with actions.webhooks.announcing(Kind.COMPARISON, chosen) as group_id:
            return groups.compare(
                *pair,
                body.sync_modes or tuple(SyncMode),
                models=body.models,
                face=body.face,
                concurrency=body.concurrency,
                group_id=group_id,
            )

    def batch(body: NewBatch, chosen: str | None) -> Group:
        pairs = [
            Pair(
                str(actions.source(pair.video)),
                str(actions.source(pair.audio)),
                pair.sync_mode,
                pair.label,
                pair.face,
            )
            for pair in body.pairs
        ]
        with actions.webhooks.announcing(Kind.BATCH, chosen) as group_id:
            return groups.batch(
                pairs,
                title=body.title,
                model=body.model,
                face=body.face,
                concurrency=body.concurrency,
                spend_limit=body.spend_limit,
                group_id=group_id,
            )

    begins: dict[str, Any] = {
        "path": "",
        "status_code": 201,
        "responses": refusals(*WRITING),
        "dependencies": [allowed("run")],
        "operation_id": f"start_{one}",
        "summary": f"Start A {one.capitalize()}",
    }

    async def begun(group: Group, prefer: str | None, response: Response) -> GroupView:
        response.headers["Location"] = f"{ROOT}/{name}/{group.id}"
        return await shown(group, prefer, response)

    async def start_comparison(
        body: NewComparison,
        request: Request,
        response: Response,
        prefer: Prefer = None,
        key: Key = None,
    ) -> GroupView:
        """Run one pair in several modes, or by several models; equal results are run once."""
        return await begun(await at_work(compare, body, target(request)), prefer, response)

    async def start_batch(
        body: NewBatch, request: Request, response: Response, prefer: Prefer = None, key: Key = None
    ) -> GroupView:
        """Run many pairs, a few at a time, up to a spend limit."""
        return await begun(await at_work(batch, body, target(request)), prefer, response)

    router.post(**begins)(start_comparison if kind is GroupKind.COMPARISON else start_batch)

    @router.get(
        "", responses=refusals(), dependencies=[allowed("read")], operation_id=f"list_{name}"
    )
    async def list_groups(
        response: Response, limit: Limit = 20, cursor: Cursor = None
    ) -> GroupsView:
        """Yours, newest first; for the person who runs the app everybody's."""

        def listed() -> tuple[list[GroupView], str | None]:
            part = groups.list(limit, after=mark_of(cursor), kind=kind)
            return [view(group) for group in part.records], cursor_of(part.rest)

        found, rest = await at_work(listed)
        if rest is not None:
            response.headers["Link"] = f'<{ROOT}/{name}?limit={limit}&cursor={rest}>; rel="next"'
        return GroupsView(groups=found, next=rest)

    @router.get(
        "/{group_id}",
        responses=refusals(),
        dependencies=[allowed("read")],
        operation_id=f"get_{one}",
    )
    async def get_group(group_id: GroupId, response: Response, prefer: Prefer = None) -> GroupView:
        """One as it is now; with `Prefer: wait=30` as soon as nothing of it goes on."""
        return await shown(await at_work(groups.get, group_id, kind), prefer, response)

    @router.get(
        "/{group_id}/events",
        responses={200: {"content": {"text/event-stream": {}}}, **refusals()},
        response_class=Response,
        dependencies=[allowed("read")],
        operation_id=f"watch_{one}",
    )
    async def watch_group(
        group_id: GroupId, last_event_id: Annotated[str | None, Header(max_length=64)] = None
    ) -> Any:
        """Server-sent events with it whenever it changes: `progress`, at last `end`."""
        await at_work(groups.get, group_id, kind)

        def look() -> tuple[GroupView, bool]:
            now = view(groups.get(group_id, kind))
            return now, now.active

        return events.stream(look, last_event_id)

    @router.post(
        "/{group_id}/stop",
        responses=refusals(*WRITING),
        dependencies=[allowed("run")],
        operation_id=f"stop_{one}",
    )
    async def stop_group(group_id: GroupId, key: Key = None) -> GroupView:
        """Start no more of its runs, and stop waiting for the active ones."""

        def stop() -> GroupView:
            return view(groups.stop(groups.get(group_id, kind).id))

        return await at_work(stop)

    return router
