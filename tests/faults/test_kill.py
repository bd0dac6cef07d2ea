"""kill -9 in every state: nothing is lost, and the billable request is sent once."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from tests.faults.conftest import Command, eventually
from tests.faults.scripted_api import ScriptedApi

Service = Callable[..., Workspace]
Stored = Callable[[], Run]


def _is_whole(run: Run, api: ScriptedApi) -> None:
    assert run.state is RunState.DONE, run.error
    assert run.output is not None
    assert run.output.read_bytes() == api.output.read_bytes()
    assert run.output_seconds == 1
    assert run.expected_seconds == 2
    assert set(run.timings) >= {"inference", "download", "total"}
    assert not list(run.folder.rglob("*.part"))


@pytest.mark.parametrize(
    ("gate", "state"),
    [
        ("source", RunState.CHECKING),
        ("ticket", RunState.UPLOADING),
        ("put", RunState.UPLOADING),
        ("answer", RunState.SUBMITTING),
        ("look", RunState.WAITING),
        ("output", RunState.DOWNLOADING),
    ],
)
def test_a_killed_run_goes_on_by_itself(
    gate: str,
    state: RunState,
    api: ScriptedApi,
    media: Path,
    command: Command,
    stored: Stored,
    service: Service,
) -> None:
    api.gates[gate].shut()
    process = command("run", f"{api.url}/sources/clip.mp4", str(media / "speech.wav"), "-m", "loop")
    process.until(api.gates[gate])
    process.kill()
    left = stored()
    assert left.state is state
    api.gates[gate].open()
    run = service().service.wait(left.id)
    _is_whole(run, api)
    assert api.submits == 1
    if state in (RunState.SUBMITTING, RunState.WAITING):
        assert "queue" not in run.timings, "nobody watched, so nobody knows"


def test_a_run_killed_while_it_waits_for_the_limit_is_sent_once_more(
    api: ScriptedApi, media: Path, command: Command, stored: Stored, service: Service
) -> None:
    api.refusals["submit"] = [(429, {"Retry-After": "3"})]
    process = command("run", str(media / "clip.mp4"), str(media / "speech.wav"), "-m", "loop")
    eventually(lambda: api.submits == 1 and stored().next_try is not None, "it never waited")
    process.kill()
    left = stored()
    assert (left.state, left.submits) == (RunState.LIMITED, 0)
    run = service().service.wait(left.id)
    _is_whole(run, api)
    assert (api.submits, len(api.tasks), run.submits) == (2, 1, 1)
    assert run.submitted_at is not None
    assert left.next_try is not None
    assert run.submitted_at > left.next_try - timedelta(seconds=0.1)


def test_a_request_that_never_arrived_waits_for_a_person(
    api: ScriptedApi, media: Path, command: Command, stored: Stored, service: Service
) -> None:
    api.gates["accept"].shut()
    process = command("run", str(media / "clip.mp4"), str(media / "speech.wav"))
    process.until(api.gates["accept"])
    process.kill()
    api.lose_submits = 1
    api.gates["accept"].open()
    work = service()
    run = work.service.wait(stored().id)
    assert run.state is RunState.UNCLEAR
    assert run.error is not None
    assert api.submits == 1
    assert work.service.wait(work.service.resume(run.id).id).state is RunState.UNCLEAR
    assert api.submits == 1
    assert work.service.wait(work.service.submit_again(run.id).id).state is RunState.DONE
    assert api.submits == 2


def test_a_request_that_arrives_late_is_found_by_looking_again(
    api: ScriptedApi, media: Path, command: Command, stored: Stored, service: Service
) -> None:
    api.gates["accept"].shut()
    process = command("run", str(media / "clip.mp4"), str(media / "speech.wav"), "-m", "silence")
    process.until(api.gates["accept"])
    process.kill()
    work = service()
    run = work.service.wait(stored().id)
    assert run.state is RunState.UNCLEAR
    api.gates["accept"].open()
    while not api.tasks:
        time.sleep(0.01)
    _is_whole(work.service.wait(work.service.resume(run.id).id), api)
    assert api.submits == 1


def test_killed_while_looking_for_its_task(
    api: ScriptedApi, media: Path, command: Command, stored: Stored, service: Service
) -> None:
    api.drop_submits = 1
    api.gates["list"].shut()
    process = command("run", str(media / "clip.mp4"), str(media / "speech.wav"), "-m", "remap")
    process.until(api.gates["list"])
    process.kill()
    assert stored().state is RunState.SUBMITTING
    api.gates["list"].open()
    _is_whole(service().service.wait(stored().id), api)
    assert api.submits == 1


def test_the_command_line_resumes_what_it_left(
    api: ScriptedApi, media: Path, command: Command, stored: Stored, tmp_path: Path
) -> None:
    api.gates["look"].shut()
    process = command("run", str(media / "clip.mp4"), str(media / "speech.wav"), "-m", "bounce")
    process.until(api.gates["look"])
    process.kill()
    api.gates["look"].open()
    copy = tmp_path / "result" / "copy.mp4"
    code, said, told = command("resume", stored().id, "--output", str(copy)).end()
    assert code == 0, told
    assert said.splitlines()[-1] == str(copy)
    assert copy.read_bytes() == api.output.read_bytes()
    assert api.submits == 1


def test_a_run_has_one_driver_until_it_is_killed(
    api: ScriptedApi, media: Path, command: Command, stored: Stored, service: Service
) -> None:
    api.gates["output"].shut()
    process = command("run", str(media / "clip.mp4"), str(media / "speech.wav"), "-m", "loop")
    process.until(api.gates["output"])
    work = service()
    run = work.service.resume(stored().id)
    assert run.state is RunState.DOWNLOADING
    time.sleep(2.5)  # longer than a service takes to look for runs left behind
    assert api.counts["output"] == 1
    process.kill()
    api.gates["output"].open()
    _is_whole(work.service.wait(run.id), api)
    assert api.counts["output"] == 2
    assert api.submits == 1


@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again_at_any_moment(
    seed: int,
    api: ScriptedApi,
    media: Path,
    command: Command,
    stored: Stored,
    service: Service,
) -> None:
    """At any time, at most one request is sent, and its task is never lost."""
    moments = random.Random(seed)
    api.statuses = ["created", "queueing", "processing", "completed"]
    api.gates["accept"].shut()
    process = command("run", f"{api.url}/sources/clip.mp4", str(media / "speech.wav"), "-m", "loop")
    process.until(api.gates["source"])
    api.gates["accept"].open()
    for _ in range(3):
        time.sleep(moments.uniform(0.0, 0.8))
        process.kill()
        process = command("resume", stored().id)
        time.sleep(moments.uniform(0.0, 0.8))
    process.kill()
    run = service().service.wait(stored().id)
    assert api.submits <= 1
    if api.tasks:
        _is_whole(run, api)
        assert run.prediction_id in api.tasks
    else:
        assert run.state is RunState.UNCLEAR
