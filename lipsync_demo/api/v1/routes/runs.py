"""Runs: started, listed, watched, stopped, resumed, deleted."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from starlette.responses import FileResponse

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.v1 import events, words
from lipsync_demo.api.v1.bodies import NewRun
from lipsync_demo.api.v1.cursors import cursor_of, mark_of
from lipsync_demo.api.v1.described import (
    BINARY,
    WRITING,
    Cursor,
    Key,
    Limit,
    Number,
    Prefer,
    RunId,
    allowed,
    refusals,
)
from lipsync_demo.api.v1.once import target
from lipsync_demo.api.v1.route import Operation
from lipsync_demo.api.v1.waiting import settled, waited
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.views import RunsView, RunView
from lipsync_demo.runs.record.file_names import output_name
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.webhook import Kind


def routes(actions: Actions) -> APIRouter:
    """The operations on runs."""
    router = APIRouter(prefix="/runs", tags=["runs"], route_class=Operation)
    runs = actions.runs

    def view(run: Run) -> RunView:
        return RunView.of(run, runs.progress(run))

    async def shown(run: Run, prefer: str | None, response: Response) -> RunView:
        seconds = waited(prefer)
        if seconds:
            response.headers["Preference-Applied"] = f"wait={seconds}"
            run = await settled(lambda: runs.get(run.id), lambda one: not one.state.active, seconds)
        return await at_work(view, run)

    @router.post("", status_code=201, responses=refusals(*WRITING), dependencies=[allowed("run")])
    async def start_run(
        body: NewRun, request: Request, response: Response, prefer: Prefer = None, key: Key = None
    ) -> RunView:
        """Start a run, which may be billed: `POST /quote` tells the price before.

        Files are checked first. A problem that is found later is the run's `error`.
        """

        def start() -> Run:
            pair = actions.source(body.video), actions.source(body.audio)
            with actions.webhooks.announcing(Kind.RUN, target(request)) as run_id:
                return actions.runs.start(
                    *pair,
                    body.sync_mode,
                    model=body.model,
                    choices=body.choices,
                    face=body.face,
                    run_id=run_id,
                )

        run = await at_work(start)
        response.headers["Location"] = f"{ROOT}/runs/{run.id}"
        return await shown(run, prefer, response)

    @router.get("", responses=refusals(), dependencies=[allowed("read")])
    async def list_runs(
        response: Response,
        limit: Limit = 20,
        cursor: Cursor = None,
        state: Annotated[RunState | None, Query(description=words.IN_STATE)] = None,
    ) -> RunsView:
        """Your runs, newest first; for the person who runs the app everybody's."""
        part = await at_work(runs.list, limit, after=mark_of(cursor), state=state)
        rest = cursor_of(part.rest)
        if rest is not None:
            response.headers["Link"] = f'<{ROOT}/runs?limit={limit}&cursor={rest}>; rel="next"'
        return RunsView(runs=[RunView.of(run) for run in part.records], next=rest)

    @router.get("/{run_id}", responses=refusals(), dependencies=[allowed("read")])
    async def get_run(run_id: RunId, response: Response, prefer: Prefer = None) -> RunView:
        """A run as it is now; with `Prefer: wait=30` as soon as it is at rest."""
        return await shown(await at_work(runs.get, run_id), prefer, response)

    @router.get(
        "/{run_id}/events",
        responses={200: {"content": {"text/event-stream": {}}}, **refusals()},
        response_class=Response,
        dependencies=[allowed("read")],
    )
    async def watch_run(
        run_id: RunId, last_event_id: Annotated[str | None, Header(max_length=64)] = None
    ) -> Any:
        """Server-sent events with the run whenever it changes: `progress`, at last `end`."""
        await at_work(runs.get, run_id)

        def look() -> tuple[RunView, bool]:
            run = runs.get(run_id)
            return view(run), run.state.active

        return events.stream(look, last_event_id)

    @router.post("/{run_id}/stop", responses=refusals(*WRITING), dependencies=[allowed("run")])
    async def stop_run(run_id: RunId, key: Key = None) -> RunView:
        """Stop waiting for a run, and cancel its task where that is possible; see `stop_means`."""
        return await at_work(lambda: view(runs.stop(run_id)))

    @router.post("/{run_id}/resume", responses=refusals(*WRITING), dependencies=[allowed("run")])
    async def resume_run(run_id: RunId, key: Key = None) -> RunView:
        """Resume a run where it stopped; a request that may have arrived is never repeated."""
        return await at_work(lambda: view(runs.resume(run_id)))

    @router.delete(
        "/{run_id}",
        status_code=204,
        responses=refusals(409, 502),
        response_class=Response,
        dependencies=[allowed("delete")],
    )
    async def delete_run(run_id: RunId) -> None:
        """Delete a run at rest with its files, links and votes here; not its task at the API."""
        await at_work(runs.delete, run_id)

    @router.get(
        "/{run_id}/outputs/{number}",
        responses={
            200: {"content": {"video/mp4": BINARY}},
            206: {"description": words.A_PART, "content": {"video/mp4": BINARY}},
            **refusals(409, 416),
        },
        response_class=FileResponse,
        dependencies=[allowed("read")],
    )
    async def get_output(run_id: RunId, number: Number) -> Any:
        """An output's video, counted from 0; `Range` is honoured."""
        run, path = await at_work(actions.results.output, run_id, number)
        return FileResponse(
            path,
            media_type="video/mp4",
            filename=output_name(run, number),
            headers={"Cache-Control": "private, no-cache"},
        )

    return router
