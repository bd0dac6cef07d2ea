"""What is told before anything is paid."""

from __future__ import annotations

from fastapi import APIRouter

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.v1 import words
from lipsync_demo.api.v1.bodies import DoctorBody, PairBody, QuoteBody
from lipsync_demo.api.v1.described import WRITING, Key, allowed, refusals
from lipsync_demo.api.v1.route import Operation
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.views import DoctorView, ModesView, QuotedView


def routes(actions: Actions) -> APIRouter:
    """The operations that spend nothing."""
    router = APIRouter(tags=[words.BEFORE], route_class=Operation)

    @router.post("/modes", responses=refusals(*WRITING), dependencies=[allowed("read")])
    async def lay_modes(body: PairBody, key: Key = None) -> ModesView:
        """What each sync mode would do with a pair: the length, the cut, and what may go wrong."""

        def laid() -> ModesView:
            video, audio = actions.file(body.video), actions.file(body.audio)
            return ModesView.of(actions.preview.modes(video, audio))

        return await at_work(laid)

    @router.post("/quote", responses=refusals(*WRITING), dependencies=[allowed("read")])
    async def quote_runs(body: QuoteBody, key: Key = None) -> QuotedView:
        """What runs cost at least, and whether a limit would refuse them now."""

        def quoted() -> QuotedView:
            return QuotedView.of(
                actions.preview.quote(
                    model=body.model, mode=body.sync_mode, face=body.face, runs=body.runs
                )
            )

        return await at_work(quoted)

    @router.post("/doctor", responses=refusals(*WRITING), dependencies=[allowed("read")])
    async def examine_inputs(body: DoctorBody, key: Key = None) -> DoctorView:
        """What may go wrong with a video and a speech track, and what to do about it."""

        def examined() -> DoctorView:
            given = (body.video, body.audio)
            files = [None if one is None else actions.file(one) for one in given]
            return DoctorView.of(*actions.preview.doctor(*files))

        return await at_work(examined)

    return router
