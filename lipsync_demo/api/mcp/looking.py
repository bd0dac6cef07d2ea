"""The tools that start nothing: what would happen, what it costs, what there is."""

from __future__ import annotations

from typing import Annotated

import anyio
from mcp.server.mcpserver import Context
from pydantic import Field

from lipsync_demo.api.mcp import words
from lipsync_demo.api.mcp.desk import Desk
from lipsync_demo.api.mcp.told import ModesTold, PriceTold, RunRow, RunRows, RunTold
from lipsync_demo.api.views import DoctorView, MeasuresView
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.storage.record_table import Mark
from lipsync_demo.settings import ModelId

LOOK_SECONDS = 0.5
"""Seconds between looks at what is waited for."""

TELL_SECONDS = 5.0
"""Seconds between two words that it goes on, where nothing else is known."""

WAIT, LONGEST_WAIT = 45, 300
"""Seconds that a call waits: by default less than the minute after which many clients give up."""

Video = Annotated[str, Field(description=words.VIDEO, min_length=1)]
Audio = Annotated[str, Field(description=words.AUDIO, min_length=1)]
Mode = Annotated[SyncMode | None, Field(description=words.MODE)]
Model = Annotated[ModelId | None, Field(description=words.MODEL)]
RunId = Annotated[str, Field(description=words.RUN_ID)]
Wait = Annotated[int, Field(description=words.SECONDS, ge=0, le=LONGEST_WAIT)]


class Looking:
    """These tools at one desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def preview_modes(self, video: Video, audio: Audio) -> ModesTold:
        def laid() -> ModesTold:
            files = self._desk.file(video), self._desk.file(audio)
            return ModesTold.of(self._desk.actions.preview.modes(*files))

        return await self._desk.at_work(laid)

    async def quote(
        self,
        sync_mode: Mode = None,
        model: Model = None,
        runs: Annotated[int, Field(description=words.RUNS, ge=1, le=100)] = 1,
    ) -> PriceTold:
        quoted = await self._desk.at_work(
            self._desk.actions.preview.quote, model=model, mode=sync_mode, runs=runs
        )
        return PriceTold.of(quoted)

    async def doctor(
        self,
        video: Annotated[str | None, Field(description=words.VIDEO)] = None,
        audio: Annotated[str | None, Field(description=words.AUDIO)] = None,
    ) -> DoctorView:
        def examined() -> DoctorView:
            files = [None if text is None else self._desk.file(text) for text in (video, audio)]
            return DoctorView.of(*self._desk.actions.preview.doctor(*files))

        return await self._desk.at_work(examined)

    async def get_run(self, run_id: RunId) -> RunTold:
        return await self._desk.at_work(self.seen, run_id)

    def seen(self, run_id: str) -> RunTold:
        """A run as it is now."""
        run = self._desk.actions.runs.get(run_id)
        return RunTold.seen(self._desk, run, self._desk.actions.runs.progress(run))

    async def list_runs(
        self,
        limit: Annotated[int, Field(description=words.LIMIT, ge=1, le=100)] = 20,
        state: Annotated[RunState | None, Field(description=words.STATE)] = None,
        after: Annotated[str | None, Field(description=words.AFTER)] = None,
    ) -> RunRows:
        def listed() -> RunRows:
            mark = None if after is None else Mark.of(self._desk.actions.runs.get(after))
            found = self._desk.actions.runs.list(limit, after=mark, state=state)
            return RunRows(
                runs=[RunRow.of(run) for run in found.records],
                next=None if found.rest is None else found.rest.record_id,
            )

        return await self._desk.at_work(listed)

    async def measure(self, run_id: RunId, ctx: Context, seconds: Wait = WAIT) -> MeasuresView:
        begun = anyio.current_time()
        ends, tells = begun + seconds, begun
        while True:
            found = await self._desk.at_work(self._desk.actions.results.measures, run_id)
            now = anyio.current_time()
            if found is not None or now >= ends or self._desk.closing.is_set():
                return MeasuresView.of(run_id, found)
            if now >= tells:
                await ctx.report_progress(now - begun, message=words.MEASURING)
                tells = now + TELL_SECONDS
            await anyio.sleep(min(LOOK_SECONDS, ends - now))
