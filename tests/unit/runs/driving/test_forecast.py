"""Forecasts of runs that wait for others at the local engine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.run import ACTIVE, Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.run_factory import MakeRun, make_run

__all__ = ["make_run"]

QUEUED = {"id": "x" * 8, "status": "created"}
WORKED_ON = {"id": "x" * 8, "status": "processing"}


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with Workspace(Settings(data_dir=tmp_path / "data", workers=1)) as opened:
        yield opened


@pytest.fixture
def local(workspace: Workspace, make_run: MakeRun) -> MakeRun:
    """Adds a local run with an id of this letter, sent so many seconds ago."""

    def add(letter: str, ago: float, state: RunState = RunState.WAITING, **changes: object) -> Run:
        sent = now() - timedelta(seconds=ago)
        given = {"started_at": sent, "submitted_at": sent, "output_seconds": None, "timings": {}}
        video = make_run().video
        assert video is not None
        # Each its own video: nothing is reused.
        own = {"video": replace(video, sha256=letter * 64), "backend": "local"}
        run = make_run(id=letter * 32, state=state, **{**given, **own, **changes})
        workspace.runs.add(run, None)
        return run

    return add


def _done(local: MakeRun, letter: str, inference: float) -> None:
    times = {"inference": inference, "total": inference + 1}
    local(letter, 9000, RunState.DONE, timings=times, output_seconds=Fraction(71, 10))


def test_the_runs_before_count_in_the_queue(workspace: Workspace, local: MakeRun) -> None:
    _done(local, "a", 1000)
    before = local("b", 0, prediction=WORKED_ON)
    waiting = local("c", 0, prediction=QUEUED)
    own = workspace.forecast.estimate(before)
    queued = workspace.forecast.estimate(waiting)
    assert own is not None
    assert queued is not None
    assert own.remaining == pytest.approx(1000, abs=60)
    assert queued.remaining == pytest.approx(2000, abs=90)
    assert queued.runs == 1


def test_a_run_behind_one_that_nobody_can_judge_has_no_estimate(
    workspace: Workspace, local: MakeRun
) -> None:
    _done(local, "a", 1000)
    local("b", 3600, prediction=WORKED_ON)  # takes longer than known runs: who knows how long
    assert workspace.forecast.estimate(local("c", 0, prediction=QUEUED)) is None


def test_own_runs_are_told_from_those_of_others(workspace: Workspace, local: MakeRun) -> None:
    local("b", 0, session="d" * 32)
    local("c", 0, session="e" * 32)
    assert workspace.runs.count(ACTIVE, "local") == 2
    assert workspace.runs.count(ACTIVE, "local", "d" * 32) == 1
    for name in "1234":
        local(name, 0, session="d" * 32)
    ahead = [workspace.runs.ahead("local", who * 32) for who in "def"]
    assert ahead == [1, 2, 2]
    assert workspace.runs.ahead("local", None) == 2
