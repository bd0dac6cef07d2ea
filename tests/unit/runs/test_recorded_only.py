"""“Recorded results only”: whatever is asked of the services, nothing reaches the API."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.errors import NothingSent
from lipsync_demo.runs.record.group import Group, GroupState
from lipsync_demo.runs.record.ledger_line import LineState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.model_catalogue import DEFAULT, MODELS
from tests.faults.scripted_api import ScriptedApi
from tests.unit.runs.groups.test_service import ended

pytestmark = pytest.mark.slow

MINE, OTHERS = "a" * 32, "b" * 32
VISITOR = SecretStr("wsk_visitor_fedcba9876543210")
PATIENCE = 60.0
SETTLING_SECONDS = 0.3
"""Seconds in which no request must arrive any more."""


@dataclass(frozen=True)
class Asked:
    """What a browser may ask for, in the words of the services."""

    work: Workspace
    video: Path
    speech: Path
    failed: Run
    stopped: Run
    done: Run
    group: Group

    def of(
        self, session: str | None, key: SecretStr | None = None
    ) -> dict[str, Callable[[], object]]:
        """Everything that a session may ask for and that would send something."""
        runs, groups = self.work.service, self.work.group_service
        files, by = (self.video, self.speech), {"session": session}
        two = [DEFAULT.id, next(m.id for m in MODELS.values() if m.takes_sync_mode and not m.local)]
        pair = Pair(str(self.video), str(self.speech), SyncMode.LOOP)
        return {
            "start": lambda: runs.start(*files, "loop", api_key=key, **by),
            "resume": lambda: runs.resume(self.stopped.id, **by),
            "submit again": lambda: runs.submit_again(self.failed.id, **by),
            "delete": lambda: runs.delete(self.done.id, at_api=True, **by),
            "compare modes": lambda: groups.compare(*files, api_key=key, **by),
            "compare models": lambda: groups.compare_models(*files, two, api_key=key, **by),
            "batch": lambda: groups.batch([pair], title="pairs", api_key=key, **by),
            "go on": lambda: groups.resume(self.group.id, **by),
            "try again": lambda: groups.retry(self.group.id, 0, **by),
            "import": lambda: self.work.task_import.start("1" * 32, api_key=key, **by),
        }


@pytest.fixture
def asked(
    settings: Settings,
    service: Callable[..., Workspace],
    api: ScriptedApi,
    clip: Path,
    speech: Path,
) -> Asked:
    """Runs of another session in every state that has a button, and a stopped group."""
    before = service(recover=False)
    start, groups = before.service.start, before.group_service
    api.refusals["submit"] = [(403, {})]
    failed = before.service.wait(start(clip, speech, "loop", session=OTHERS).id)
    done = before.service.wait(start(clip, speech, "loop", session=OTHERS).id)
    assert (failed.state, done.state) == (RunState.FAILED, RunState.DONE)
    api.gates["put"].shut()
    pair = Pair(str(clip), str(speech), SyncMode.LOOP)
    group = groups.batch([pair], title="pairs", session=OTHERS)
    stopped = start(clip, speech, "loop", session=OTHERS)
    assert api.gates["put"].holds(2, PATIENCE)
    before.service.stop(stopped.id)
    groups.stop(group.id)
    api.gates["put"].open()
    # It ends once what was on its way has arrived; the server may be slower to read it.
    before.close()
    known = -1
    while known != reached(api):
        known = reached(api)
        time.sleep(SETTLING_SECONDS)
    work = service(recover=False)
    return Asked(work, clip, speech, failed, work.runs.get(stopped.id), done, ended(work, group))


def reached(api: ScriptedApi) -> int:
    """How many requests reached the API, of whatever kind."""
    return api.counts.total()


@pytest.mark.parametrize("key", [None, VISITOR], ids=["the server's key", "a visitor's key"])
def test_nothing_reaches_the_api_whatever_the_session_asks_for(
    asked: Asked, api: ScriptedApi, key: SecretStr | None
) -> None:
    asked.work.recorded_only.switch(MINE, True)
    before, runs, groups = reached(api), asked.work.runs.list(), asked.work.groups.list()
    for name, act in asked.of(MINE, key).items():
        with pytest.raises(NothingSent, match="Switch it off at the top"):
            act()
        assert reached(api) == before, name
    assert asked.work.runs.list() == runs
    assert asked.work.groups.list() == groups


def test_what_the_session_began_is_not_gone_on_with_from_elsewhere(
    asked: Asked, api: ScriptedApi
) -> None:
    asked.work.recorded_only.switch(OTHERS, True)
    before = reached(api)
    for name in ("resume", "submit again", "delete", "go on", "try again"):
        with pytest.raises(NothingSent):
            asked.of(MINE)[name]()
    assert reached(api) == before


def test_other_sessions_are_as_free_as_before(asked: Asked, api: ScriptedApi) -> None:
    asked.work.recorded_only.switch(MINE, True)
    before = api.submits
    for name in ("start", "submit again", "resume"):
        run = asked.of("c" * 32)[name]()
        assert isinstance(run, Run)
        assert asked.work.service.wait(run.id).state is RunState.DONE, name
    assert api.submits == before + 3
    asked.work.recorded_only.switch(MINE, False)
    assert isinstance(asked.of(MINE)["start"](), Run)


def test_the_environment_switches_it_on_for_all(
    asked: Asked, api: ScriptedApi, settings: Settings, service: Callable[..., Workspace]
) -> None:
    demo = service(settings.model_copy(update={"demo_mode": True}), recover=False)
    here = Asked(
        demo, asked.video, asked.speech, asked.failed, asked.stopped, asked.done, asked.group
    )
    demo.recorded_only.switch(MINE, False)
    before = reached(api)
    for session in (None, MINE):
        for act in here.of(session).values():
            with pytest.raises(NothingSent, match="LIPSYNC_DEMO_MODE"):
                act()
    assert demo.prices.floors("wavespeed", VISITOR, [DEFAULT.id], timeout=1) == {DEFAULT.id: None}
    assert demo.prices.balance("wavespeed", VISITOR) is None
    assert reached(api) == before


def test_deleting_here_and_stopping_stay_possible(asked: Asked, api: ScriptedApi) -> None:
    asked.work.recorded_only.switch(MINE, True)
    before = reached(api)
    assert asked.work.service.delete(asked.done.id, session=MINE).at_api is None
    assert asked.work.service.stop(asked.stopped.id).state is RunState.STOPPED
    assert reached(api) == before


@pytest.mark.parametrize("gate", ["ticket", "put"])
def test_a_run_under_way_is_not_sent_any_more(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, gate: str
) -> None:
    api.gates[gate].shut()
    begun = work.service.start(clip, speech, "loop", session=MINE)
    assert api.gates[gate].reached.wait(PATIENCE)
    work.recorded_only.switch(MINE, True)
    api.gates[gate].open()
    run = work.service.wait(begun.id)
    assert (run.state, run.submits, api.submits) == (RunState.FAILED, 0, 0)
    assert run.error is not None
    # The record stays once the switch is off.
    assert run.error.what == "“Recorded results only” was on, so nothing was sent."
    assert [line for line in work.ledger.lines() if line.state is LineState.RESERVED] == []
    work.recorded_only.switch(MINE, False)
    assert work.service.wait(work.service.resume(run.id, session=MINE).id).state is RunState.DONE


def test_a_run_that_waits_for_the_rate_limit_is_not_sent_any_more(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["submit"] = [(429, {"Retry-After": "1"})]

    def switch_when_limited(run: Run) -> None:
        if run.state is RunState.LIMITED:
            work.recorded_only.switch(MINE, True)

    begun = work.service.start(clip, speech, "loop", session=MINE)
    run = work.service.wait(begun.id, switch_when_limited)
    assert (run.state, api.submits, len(api.tasks)) == (RunState.FAILED, 1, 0)


def test_what_was_sent_before_is_still_fetched(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    begun = work.service.start(clip, speech, "loop", session=MINE)
    assert api.gates["look"].reached.wait(PATIENCE)
    work.recorded_only.switch(MINE, True)
    api.gates["look"].open()
    assert work.service.wait(begun.id).state is RunState.DONE
    assert api.submits == 1


def test_a_batch_under_way_begins_no_further_run(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    pair = Pair(str(clip), str(speech), SyncMode.LOOP)
    begun = work.group_service.batch([pair, pair, pair], title="p", session=MINE, concurrency=1)
    assert api.gates["look"].reached.wait(PATIENCE)
    work.recorded_only.switch(MINE, True)
    api.gates["look"].open()
    group = ended(work, begun)
    assert (group.state, group.silent) == (GroupState.HELD, True)
    assert "“Recorded results only” is on" in (group.trouble or "")
    assert api.submits == 1
    work.recorded_only.switch(MINE, False)
    group = ended(work, work.group_service.resume(group.id, session=MINE))
    assert (group.state, group.silent, group.trouble) == (GroupState.DONE, False, None)
    assert api.submits == 3


def test_it_outlives_the_process(settings: Settings, service: Callable[..., Workspace]) -> None:
    with Workspace(settings) as first:
        first.recorded_only.switch(MINE, True)
        first.recorded_only.switch(MINE, True)
    again = service()
    assert again.recorded_only.on(MINE)
    assert not again.recorded_only.on(OTHERS)
    assert not again.recorded_only.on(None)
    assert again.recorded_only.switched(OTHERS) is None
    again.recorded_only.switch(MINE, False)
    again.recorded_only.switch(OTHERS, False)
    assert not again.recorded_only.on(MINE)
    # Known to be off, which a browser that remembers otherwise does not change.
    assert again.recorded_only.switched(MINE) is again.recorded_only.switched(OTHERS) is False
