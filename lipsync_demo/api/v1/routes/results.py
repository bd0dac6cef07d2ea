"""What there is of runs: measures, reports, shared links, the ledger."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.results import MEDIA_TYPES, Form, Kind
from lipsync_demo.api.v1 import words
from lipsync_demo.api.v1.bodies import NewLink
from lipsync_demo.api.v1.cursors import cursor_of, mark_of
from lipsync_demo.api.v1.described import (
    BINARY,
    WRITING,
    Cursor,
    Key,
    Limit,
    Prefer,
    RunId,
    allowed,
    refusals,
)
from lipsync_demo.api.v1.route import Operation
from lipsync_demo.api.v1.waiting import settled, waited
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.views import (
    LedgerView,
    LineView,
    MeasuresView,
    SharedView,
    UnsharedView,
)
from lipsync_demo.runs.record.clock import microseconds
from lipsync_demo.runs.record.ledger_line import Line
from lipsync_demo.runs.storage.record_table import Mark

BLOCK = 1 << 18
"""Bytes of a part of a report that is sent at once."""

KINDS: dict[str, Kind] = {"runs": "run", "comparisons": "comparison", "batches": "batch"}
"""What can be reported and shared, by its address."""

FILES = {kind.partition(";")[0]: BINARY for kind in MEDIA_TYPES.values()}
"""What a report can be, as OpenAPI says it."""

OneId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Its id.")]


def routes(actions: Actions) -> APIRouter:
    """The operations on results."""
    router = APIRouter(tags=["results"], route_class=Operation)
    results = actions.results

    @router.get(
        "/runs/{run_id}/measures",
        responses={
            202: {"description": words.BEING_MADE, "model": MeasuresView},
            **refusals(409),
        },
        dependencies=[allowed("read")],
    )
    async def get_measures(
        run_id: RunId, response: Response, prefer: Prefer = None
    ) -> MeasuresView:
        """The checks of a run's output against its inputs; made when they are first asked for."""
        seconds = waited(prefer)
        if seconds:
            response.headers["Preference-Applied"] = f"wait={seconds}"
        found = await settled(
            lambda: results.measures(run_id), lambda one: one is not None, seconds
        )
        if found is None:
            response.status_code = 202
            response.headers["Retry-After"] = "2"
        return MeasuresView.of(run_id, found)

    for address, kind in KINDS.items():
        _documents(router, actions, address, kind)

    @router.get("/ledger", responses=refusals(), dependencies=[allowed("read")], tags=["money"])
    async def list_ledger(
        response: Response, limit: Limit = 20, cursor: Cursor = None
    ) -> LedgerView:
        """What your runs were quoted and charged, newest first."""
        mark = mark_of(cursor)
        lines = sorted(await at_work(results.ledger), key=_place, reverse=True)
        rest = [line for line in lines if mark is None or _place(line) < _place_of(mark)]
        shown = rest[:limit]
        more = cursor_of(Mark(*_place(shown[-1]))) if len(rest) > limit else None
        if more is not None:
            response.headers["Link"] = f'<{ROOT}/ledger?limit={limit}&cursor={more}>; rel="next"'
        return LedgerView(lines=[LineView.of(line) for line in shown], next=more)

    return router


def _documents(router: APIRouter, actions: Actions, address: str, kind: Kind) -> None:
    """The report and the links of one kind of record."""
    results = actions.results
    tags: list[str | Enum] = [address]

    @router.get(
        f"/{address}/{{one_id}}/report",
        responses={
            200: {"content": {**FILES, "application/json": {"schema": {"type": "object"}}}},
            **refusals(),
        },
        response_class=Response,
        dependencies=[allowed("read")],
        operation_id=f"report_{kind}",
        tags=tags,
    )
    async def get_report(one_id: OneId, form: Annotated[Form, Query(alias="format")]) -> Any:
        """A report to send: a page, a zip with the media, JSON or JUnit XML; without whole ids."""
        made = await at_work(results.report, kind, one_id, form)
        return StreamingResponse(
            iter(lambda: made.file.read(BLOCK), b""),
            media_type=made.media_type,
            headers={
                "Cache-Control": "private, no-store",
                "Content-Disposition": f"attachment; filename*=utf-8''{quote(made.name)}",
            },
            background=BackgroundTask(made.file.close),
        )

    @router.post(
        f"/{address}/{{one_id}}/links",
        status_code=201,
        responses=refusals(*WRITING),
        dependencies=[allowed("share")],
        operation_id=f"share_{kind}",
        tags=tags,
    )
    async def share(
        one_id: OneId, body: NewLink, request: Request, response: Response, key: Key = None
    ) -> SharedView:
        """Make a link by which anybody sees it, without names, until the link ends."""
        shared = await at_work(results.share, kind, one_id, body.days)
        url = shared.address
        if url.startswith("/"):
            url = f"{str(request.base_url).removesuffix('/').removesuffix(ROOT)}{url}"
        response.headers["Location"] = url
        return SharedView(url=url, expires_at=shared.expires_at)

    @router.delete(
        f"/{address}/{{one_id}}/links",
        responses=refusals(),
        dependencies=[allowed("share")],
        operation_id=f"unshare_{kind}",
        tags=tags,
    )
    async def unshare(one_id: OneId) -> UnsharedView:
        """Take back every link to it."""
        return UnsharedView(taken_back=await at_work(results.unshare, kind, one_id))


def _place(line: Line) -> tuple[int, str]:
    return microseconds(line.at), line.id


def _place_of(mark: Mark) -> tuple[int, str]:
    return mark.created_us, mark.record_id
