"""Outputs that the API did not check are checked here; none is wrongly called safe."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import OwnCheck, RunState
from lipsync_demo.runs.steps import moderate, processes
from lipsync_demo.runs.steps.claim import Interrupted
from lipsync_demo.runs.steps.moderate import own_checks
from lipsync_demo.runs.workspace import Workspace
from tests.faults.scripted_api import ScriptedApi

pytestmark = pytest.mark.slow


def still_going() -> None:
    pass


@pytest.mark.parametrize("flags", [None, []])
def test_a_result_without_a_flag_is_looked_at_and_said_to_be(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, flags: list[None] | None
) -> None:
    api.final = {"has_nsfw_contents": flags}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE
    assert True not in run.has_nsfw_contents
    assert run.api_nsfw(0) is None
    (check,) = run.own_checks
    assert check is not None
    assert (check.frames, check.flagged) == (3, False)
    assert 0 < check.score < 0.8
    assert run.nsfw(0) is False


def test_a_high_score_hides_it(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moderate, "NSFW_SCORE", 0.0)
    api.final = {"has_nsfw_contents": None}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.nsfw(0) is True


@pytest.mark.parametrize("flag", [True, False])
def test_the_api_s_own_word_is_taken(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    flag: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        moderate, "start_process", lambda *_: pytest.fail("nothing is to be looked at")
    )
    api.final = {"has_nsfw_contents": [flag]}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.own_checks == ()
    assert run.nsfw(0) is flag


def test_only_what_was_not_said_is_looked_at(clip: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    found = own_checks([clip, clip.with_name("other.mp4"), broken], [False], still_going)
    assert found == (None, None, None)
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    first, second = own_checks([clip, copy], [False], still_going)
    assert first is None
    assert isinstance(second, OwnCheck)


def test_a_look_that_fails_says_nothing(
    clip: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def elsewhere(module: str, arguments: object) -> object:
        return processes.start_process("lipsync_demo.no_such_module", [])

    monkeypatch.setattr(moderate, "start_process", elsewhere)
    assert own_checks([clip], [], still_going) == (None,)
    assert "no_such_module" in caplog.text


def test_a_stopped_run_ends_the_look(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []

    def kept(module: str, arguments: list[str]) -> object:
        begun.append(processes.start_process(module, arguments))
        return begun[-1]

    def stopped() -> None:
        raise Interrupted

    monkeypatch.setattr(moderate, "start_process", kept)
    with pytest.raises(Interrupted):
        own_checks([clip], [], stopped)
    assert begun[0].poll() is not None


def test_the_process_does_not_get_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAVESPEED_API_KEY", "wsk_secret")
    process = processes.start_process("platform", [])
    environment = Path(f"/proc/{process.pid}/environ")
    if environment.exists():
        assert b"wsk_secret" not in environment.read_bytes()
    process.communicate()
    assert os.environ["WAVESPEED_API_KEY"] == "wsk_secret"


def test_a_finished_run_that_nobody_looked_at_is_looked_at_when_it_is_opened(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert not work.output_checks.request(run)
    old = work.runs.change(run.id, lambda r: replace(r, has_nsfw_contents=()))[1]
    assert old.nsfw(0) is None
    assert work.output_checks.request(old)
    while work.output_checks.request(work.runs.get(run.id)):
        time.sleep(0.05)
    assert work.runs.get(run.id).nsfw(0) is False
    assert work.runs.get(run.id).own_checks[0] is not None


def test_a_look_that_fails_is_not_repeated(
    work: Workspace,
    api: ScriptedApi,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moderate, "_check", lambda paths, going: [None] * len(paths))
    api.final = {"has_nsfw_contents": None}
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.nsfw(0) is None
    assert work.output_checks.request(run)
    while work.output_checks.request(work.runs.get(run.id)):
        time.sleep(0.05)
    assert work.runs.get(run.id).nsfw(0) is None
