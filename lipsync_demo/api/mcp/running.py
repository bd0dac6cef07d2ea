"""The tools that start, await and stop runs."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Annotated, TypeVar

import anyio
from mcp.server.mcpserver import Context
from pydantic import Field, WithJsonSchema
from sqlalchemy.exc import IntegrityError

from lipsync_demo.api.mcp import words
from lipsync_demo.api.mcp.desk import Desk, chosen_id
from lipsync_demo.api.mcp.looking import (
    LOOK_SECONDS,
    WAIT,
    Audio,
    Mode,
    Model,
    RunId,
    Video,
    Wait,
)
from lipsync_demo.api.mcp.told import (
    ComparisonStarted,
    ComparisonTold,
    PriceTold,
    RunTold,
    Started,
)
from lipsync_demo.api.preview import Quoted
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.run import Run, RunState

STEPS = (
    RunState.CHECKING,
    RunState.UPLOADING,
    RunState.SUBMITTING,
    RunState.WAITING,
    RunState.DOWNLOADING,
)
"""The steps of a run, for its progress."""

MaxPrice = Annotated[
    Decimal,
    Field(description=words.MAX_PRICE, ge=0, le=100_000),
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100_000}),
]
RequestId = Annotated[str, Field(description=words.REQUEST_ID, min_length=1, max_length=200)]
Face = Annotated[str | None, Field(description=words.FACE)]
ComparisonId = Annotated[str, Field(description=words.COMPARISON_ID)]

T = TypeVar("T", RunTold, ComparisonTold)


class Running:
    """These tools at one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._recovers = False

    async def start_run(
        self,
        video: Video,
        audio: Audio,
        max_price_usd: MaxPrice,
        request_id: RequestId,
        sync_mode: Mode = None,
        model: Model = None,
        fields: Annotated[dict[str, str] | None, Field(description=words.FIELDS)] = None,
        face: Face = None,
    ) -> Started:
        def started() -> Started:
            actions = self._desk.actions
            run_id = chosen_id("run", request_id)
            further = sorted((fields or {}).items())
            asked = chosen_id("asked", request_id, video, audio, sync_mode, model, face, *further)
            quoted = actions.preview.quote(model=model, mode=sync_mode, face=face)
            with self._desk.starting(run_id):
                run = actions.runs.known(run_id)
                if run is None:
                    sources = self._desk.source(video), self._desk.source(audio)
                    self._agree(quoted, max_price_usd, asked)
                    run = actions.runs.start(
                        *sources,
                        sync_mode,
                        model=model,
                        choices=fields,
                        face=face,
                        run_id=run_id,
                        session=asked,
                    )
            _same(run.session, asked, request_id)
            return Started(price=PriceTold.of(quoted), run=RunTold.seen(self._desk, run))

        return await self._desk.at_work(started)

    async def compare_modes(
        self,
        video: Video,
        audio: Audio,
        max_price_usd: MaxPrice,
        request_id: RequestId,
        sync_modes: Annotated[list[SyncMode] | None, Field(description=words.MODES_WANTED)] = None,
        model: Model = None,
        face: Face = None,
    ) -> ComparisonStarted:
        def started() -> ComparisonStarted:
            actions, modes = self._desk.actions, tuple(dict.fromkeys(sync_modes or SyncMode))
            group_id = chosen_id("comparison", request_id)
            asked = chosen_id("asked", request_id, video, audio, *modes, model, face)
            quoted = actions.preview.quote(model=model, face=face, runs=len(modes))
            with self._desk.starting(group_id):
                group = actions.groups.known(group_id)
                if group is None:
                    sources = self._desk.source(video), self._desk.source(audio)
                    self._agree(quoted, max_price_usd, asked)
                    group = actions.groups.compare(
                        *sources,
                        modes,
                        models=[model] if model else (),
                        face=face,
                        group_id=group_id,
                        session=asked,
                    )
            _same(group.session, asked, request_id)
            told = ComparisonTold.seen(self._desk, group)
            return ComparisonStarted(price=PriceTold.of(quoted), comparison=told)

        return await self._desk.at_work(started)

    async def wait_run(self, run_id: RunId, ctx: Context, seconds: Wait = WAIT) -> RunTold:
        actions = self._desk.actions
        if self._desk.here:
            await self._desk.at_work(self._take_up, run_id)

        def look() -> tuple[RunTold, float, str]:
            run = actions.runs.get(run_id)
            how = actions.runs.progress(run)
            return RunTold.seen(self._desk, run, how), _done(run, how.share), words.step(run, how)

        return await self._waited(look, ctx, seconds)

    async def wait_comparison(
        self, comparison_id: ComparisonId, ctx: Context, seconds: Wait = WAIT
    ) -> ComparisonTold:
        groups = self._desk.actions.groups
        if self._desk.here:
            await self._desk.at_work(self._take_up_comparison, comparison_id)

        def look() -> tuple[ComparisonTold, float, str]:
            told = ComparisonTold.seen(self._desk, groups.get(comparison_id))
            rest = sum(item.state is not None and not item.state.active for item in told.items)
            return told, rest / len(told.items), words.of_all(rest, len(told.items))

        return await self._waited(look, ctx, seconds)

    async def stop_run(self, run_id: RunId) -> RunTold:
        def stopped() -> RunTold:
            return RunTold.seen(self._desk, self._desk.actions.runs.stop(run_id))

        return await self._desk.at_work(stopped)

    async def _waited(
        self, look: Callable[[], tuple[T, float, str]], ctx: Context, seconds: float
    ) -> T:
        """What `look` returns once it is finished, or after so many seconds."""
        ends, before = anyio.current_time() + seconds, (-1.0, "")
        while True:
            told, done, step = await self._desk.at_work(look)
            if (done, step) != before and done >= before[0]:
                await ctx.report_progress(done, 1.0, step)
                before = done, step
            left = ends - anyio.current_time()
            if told.finished or left <= 0 or self._desk.closing.is_set():
                return told
            await anyio.sleep(min(LOOK_SECONDS, left))

    def _agree(self, quoted: Quoted, most: Decimal, asked: str) -> None:
        """Make sure that it costs no more than was agreed to, also once the price is exact.

        Raises:
            RunRefused: it costs more, the price is unknown, or a limit is reached.
        """
        if quoted.obstacle is not None:
            raise quoted.obstacle
        if quoted.total is None:
            raise RunRefused(words.PRICE_UNKNOWN, words.ASK_AGAIN)
        if quoted.total > most:
            raise RunRefused(words.too_dear(quoted, most), words.ASK_USER)
        if quoted.total or not quoted.exact:
            # The exact price is told after the upload; a request above this is not sent.
            with suppress(IntegrityError):  # another process is as quick with this request
                self._desk.workspace.ledger.set_limit(asked, most)
        if quoted.backend == "local":
            self._desk.prepare()

    def _take_up(self, run_id: str) -> None:
        """Go on with a run whose process has ended; nothing is sent twice."""
        run = self._desk.actions.runs.get(run_id)
        if run.state.active and not self._desk.workspace.dispatcher.driven(run):
            if run.backend == "local":
                self._desk.prepare()
            self._desk.actions.runs.resume(run_id)

    def _take_up_comparison(self, comparison_id: str) -> None:
        """Go on with a comparison whose process has ended, as a page does that starts again."""
        group = self._desk.actions.groups.get(comparison_id)
        if self._recovers or self._desk.actions.groups.at_rest(group):
            return
        if group.backend == "local":
            self._desk.prepare()
        self._recovers = True
        self._desk.workspace.dispatcher.recover()
        self._desk.workspace.group_service.recover()


def _same(known: str | None, asked: str, request_id: str) -> None:
    """Check that what a request_id began is what is asked for now.

    Raises:
        RunRefused: it is something else.
    """
    if known != asked:
        raise RunRefused(words.other_request(request_id), words.NEW_REQUEST_ID)


def _done(run: Run, share: float | None) -> float:
    """The share of a run's steps that are done, 0 to 1."""
    if run.state.step not in STEPS:
        return 1.0
    return (STEPS.index(run.state.step) + (share or 0.0)) / len(STEPS)
