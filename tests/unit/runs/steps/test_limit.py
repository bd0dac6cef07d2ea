"""Runs wait for the rate limit: none fails, none is sent twice, no burst of retries."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.group import GroupState
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.share import Reached
from lipsync_demo.runs.steps import submit
from lipsync_demo.runs.steps import upload as upload_step
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.errors import RateLimited
from lipsync_demo.wavespeed.pacing import governor
from tests.faults.conftest import eventually
from tests.faults.scripted_api import KEY, ScriptedApi

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
SHORT = (2, 1)
"""Two submits in a second: the default level's minute, made short."""


def limited(work: Workspace, run: Run) -> Run:
    """The run once it waits for the limit."""
    eventually(lambda: work.runs.get(run.id).next_try is not None, "it never met the limit")
    return work.runs.get(run.id)


def test_a_run_waits_and_is_sent_again_by_itself(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["submit"] = [(429, {"Retry-After": "2"})]
    seen: list[Run] = []
    run = work.service.wait(work.service.start(clip, speech, "loop").id, seen.append)
    assert run.state is RunState.DONE
    waits = [r for r in seen if r.state is RunState.LIMITED and r.next_try]
    assert timedelta(seconds=1) < waits[0].next_try - waits[0].updated_at < timedelta(seconds=3)  # type: ignore[operator]
    assert (waits[0].submitted_at, waits[0].submits) == (None, 0)
    assert "nothing is billed" in waits[0].stop_means
    assert (run.submits, run.next_try, run.other_tasks) == (1, None, ())
    assert 2 <= run.timings["limit"] < run.timings["total"]
    assert (api.submits, len(api.tasks)) == (2, 1)
    (line,) = work.ledger.lines()
    assert line.state is LineState.SPENT


def test_five_modes_end_with_five_results(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.limit = SHORT
    group = work.group_service.compare(clip, speech)
    eventually(lambda: work.groups.get(group.id).state is GroupState.DONE, "it never ended")
    found = work.runs.of_group(work.groups.get(group.id))
    assert [run and run.state for run in found] == [RunState.DONE] * len(SyncMode)
    assert len(api.tasks) == len(SyncMode)
    assert max(api.windows) <= 1
    assert api.counts["put"] == 2


def test_runs_of_one_key_meet_the_limit_together(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.limit = SHORT
    # The key of this server, and the same key given by visitors: each has a client of its own.
    keys = [None, SecretStr(KEY)] * 3
    begun = [work.service.start(clip, speech, "loop", api_key=key) for key in keys]
    assert [work.service.wait(run.id).state for run in begun] == [RunState.DONE] * 6
    assert len(api.tasks) == 6
    assert max(api.windows) <= 1
    assert api.submits <= 8


def test_a_waiting_run_can_be_stopped(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["submit"] = [(429, {"Retry-After": "1"})]
    run = limited(work, work.service.start(clip, speech, "loop"))
    stopped = work.service.stop(run.id)
    assert (stopped.state, stopped.next_try) == (RunState.STOPPED, None)
    assert "Nothing has been sent yet" in stopped.stop_means
    (line,) = work.ledger.lines()
    assert line.state is LineState.RELEASED
    time.sleep(1.5)
    assert api.submits == 1
    assert work.service.wait(work.service.resume(run.id).id).state is RunState.DONE
    assert len(api.tasks) == 1


def test_one_that_is_stopped_while_it_is_refused_leaves_no_money_set_aside(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["refuse"].shut()
    api.refusals["submit"] = [(429, {"Retry-After": "1"})]
    run = work.service.start(clip, speech, "loop")
    assert api.gates["refuse"].reached.wait(30)
    work.service.stop(run.id)
    api.gates["refuse"].open()
    eventually(lambda: work.runs.get(run.id).submitted_at is None, "the refusal was not written")
    assert (work.runs.get(run.id).state, work.runs.get(run.id).submits) == (RunState.STOPPED, 0)
    eventually(lambda: work.ledger.lines()[0].state is LineState.RELEASED, "it stays set aside")
    time.sleep(1.5)
    assert api.submits == 1


def test_one_that_is_stopped_while_money_is_set_aside_leaves_none(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def set_aside(run: Run, *limits: Decimal | None) -> Reached | None:
        work.service.stop(run.id)
        return Ledger.reserve(work.ledger, run, *limits)

    monkeypatch.setattr(work.ledger, "reserve", set_aside)
    run = work.service.start(clip, speech, "loop")
    assert work.service.wait(run.id).state is RunState.STOPPED
    eventually(
        lambda: [line.state for line in work.ledger.lines()] == [LineState.RELEASED],
        "it stays set aside",
    )
    assert api.submits == 0


def test_a_restart_waits_on_and_sends_once(
    service: Service,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api.refusals["submit"] = [(429, {"Retry-After": "2"})]
    first = service()
    run = limited(first, first.service.start(clip, speech, "loop"))
    first.close()
    # What the process has learned is gone with it.
    monkeypatch.setattr(governor, "_governors", OrderedDict())
    assert run.next_try is not None
    after = service()
    eventually(lambda: after.runs.get(run.id).state is not RunState.LIMITED, "it waits for ever")
    assert now() > run.next_try - timedelta(seconds=0.1)
    assert after.service.wait(run.id).state is RunState.DONE
    assert (api.submits, len(api.tasks)) == (2, 1)
    assert len(api.uploads) == 2


def test_an_upload_that_meets_the_limit_waits_too(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload, refused = upload_step.upload, [1.0, 1.0]

    def limited_upload(claim: Claim) -> None:
        if refused:
            raise RateLimited("Too many requests.", "Wait.", retry_after=refused.pop())
        upload(claim)

    monkeypatch.setattr(upload_step, "upload", limited_upload)
    states: list[RunState] = []
    run = work.service.wait(
        work.service.start(clip, speech, "loop").id, lambda r: states.append(r.state)
    )
    assert run.state is RunState.DONE
    assert RunState.LIMITED in states
    assert api.submits == 1


@pytest.mark.parametrize(("asked", "longest"), [(30.0, 30), (3e9, 120), (float("inf"), 120)])
def test_an_upload_is_not_tried_again_before_its_time(
    work: Workspace,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
    asked: float,
    longest: float,
) -> None:
    tried: list[float] = []

    def limited_upload(claim: Claim) -> None:
        tried.append(time.monotonic())
        raise RateLimited("Too many requests.", "Wait.", retry_after=asked)

    monkeypatch.setattr(upload_step, "upload", limited_upload)
    monkeypatch.setattr(submit, "QUEUE_POLL_SECONDS", 0.05)
    run = limited(work, work.service.start(clip, speech, "loop"))
    assert run.next_try is not None
    assert run.next_try - run.updated_at <= timedelta(seconds=longest)
    time.sleep(0.3)
    assert len(tried) == 1
    assert work.service.stop(run.id).state is RunState.STOPPED


def test_a_quote_that_is_needed_waits_too(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service(settings.model_copy(update={"spend_limit": Decimal(1)}))
    api.refusals["price"] = [(429, {"Retry-After": "1"})]
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert run.quote is not None


def test_looking_for_a_lost_request_waits_too(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(submit, "LOOPBACK_DELAYS", (0.1,))
    api.drop_submits = 1
    api.refusals["list"] = [(429, {"Retry-After": "0"})] * 2
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert (api.submits, len(api.tasks)) == (1, 1)


def test_a_refused_look_slows_all_runs_down(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["processing"]
    begun = [work.service.start(clip, speech, "loop") for _ in range(3)]
    eventually(lambda: len(api.looked_at) == 3, "not all are looked at")
    api.refusals["look"] = [(429, {"Retry-After": "2"})]
    before = len(api.looks)
    eventually(lambda: not api.refusals["look"], "nobody looked")
    api.statuses = ["completed"]
    assert [work.service.wait(run.id).state for run in begun] == [RunState.DONE] * 3
    # One look of each run may have been on its way already.
    held = [at for at in api.looks[before:] if at < api.looks[before - 1] + 1.9]
    assert len(held) <= len(begun)
    assert api.looks[-1] - api.looks[before - 1] >= 2


def test_before_the_click_it_is_said_how_long_it_takes(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    assumed = work.forecast.outlook(5, "wavespeed")
    assert assumed is not None
    assert (assumed.learned, assumed.pace.count, assumed.seconds) == (False, 2, 180)
    assert work.forecast.outlook(2, "wavespeed") is None
    assert work.forecast.outlook(5, "local") is None
    api.limit = SHORT
    begun = [work.service.start(clip, speech, "loop") for _ in range(3)]
    for run in begun:
        work.service.wait(run.id)
    learned = work.forecast.outlook(5, "wavespeed")
    assert learned is not None
    assert (learned.learned, learned.pace.count) == (True, 2)
    assert 1 <= learned.pace.seconds < 3
    assert 1 < learned.wait < 9
    assert learned.seconds > learned.wait
