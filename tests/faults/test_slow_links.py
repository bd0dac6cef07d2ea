"""Links to slow servers: they hold up neither other runs nor other visitors."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.driving.fair_pool import SHARE
from lipsync_demo.runs.driving.scheduler import TRANSFER_WORKERS
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from tests.faults.conftest import eventually
from tests.faults.dripping import DRIPS, dripping
from tests.faults.scripted_api import ScriptedApi

HEADERS = next(drip for drip in DRIPS if drip.name == "headers")


def ended(work: Workspace, run: Run) -> bool:
    state = work.runs.get(run.id).state
    assert state in (RunState.DONE, *(s for s in RunState if s.active)), work.runs.get(run.id).error
    return state is RunState.DONE


def test_slow_links_hold_up_nobody(
    service: Callable[..., Workspace], api: ScriptedApi, media: Path
) -> None:
    work = service()
    speech = str(media / "speech.wav")

    def start(video: str, session: str) -> Run:
        return work.service.start(video, speech, SyncMode.LOOP, session=session)

    with dripping(HEADERS) as server:
        slow = [
            start(f"{server.url}/{n}.mp4", "a" * 32) for n in range(TRANSFER_WORKERS + SHARE + 1)
        ]
        eventually(lambda: server.asked == SHARE, "no slow link was asked for")
        file = start(str(media / "clip.mp4"), "b" * 32)
        link = start(f"{api.url}/sources/clip.mp4", "c" * 32)
        eventually(lambda: ended(work, file), "a run of files waited for others' links")
        eventually(lambda: ended(work, link), "a link waited for another visitor's links")
        assert server.asked == SHARE
        assert all(work.runs.get(run.id).state is RunState.CHECKING for run in slow)
