"""The lines that `show` prints about a run."""

from __future__ import annotations

from datetime import timedelta

from lipsync_demo.cli.records import details
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.run import RunState
from tests.unit.run_factory import MakeRun


def test_a_run_that_waits_for_the_limit_says_so(make_run: MakeRun) -> None:
    waiting = make_run(state=RunState.LIMITED, next_try=now() + timedelta(minutes=1))
    assert "limit:    Waiting for the account's limit, next try in" in "\n".join(details(waiting))
    assert "limit:" not in "\n".join(details(make_run(state=RunState.DONE)))
