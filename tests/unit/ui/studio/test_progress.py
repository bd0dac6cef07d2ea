from __future__ import annotations

import re
from datetime import timedelta

import pytest

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.run import RunError, RunState
from lipsync_demo.ui.studio import progress
from lipsync_demo.ui.studio import words as studio_words
from lipsync_demo.ui.studio.progress import Actions
from tests.unit.run_factory import MakeRun


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": RunState.DONE}, Actions()),
        ({"state": RunState.WAITING}, Actions(stop=True)),
        ({"state": RunState.WAITING, "needs_key": True}, Actions(stop=True, resume=True)),
        ({"state": RunState.STOPPED}, Actions(resume=True)),
        ({"state": RunState.UNCLEAR, "prediction_id": None}, Actions(resume=True, again=True)),
        # The task is done and only its download failed: fetching again is free.
        ({"state": RunState.FAILED}, Actions(resume=True, again=True)),
        # The task itself failed: there is nothing to fetch.
        (
            {"state": RunState.FAILED, "prediction": {"id": "x" * 8, "status": "failed"}},
            Actions(again=True),
        ),
        # Nothing was sent: trying again is no second submit.
        (
            {
                "state": RunState.FAILED,
                "prediction": None,
                "prediction_id": None,
                "submits": 0,
                "submitted_at": None,
            },
            Actions(resume=True),
        ),
    ],
)
def test_a_run_offers_what_can_be_done_about_it(
    make_run: MakeRun, changes: dict[str, object], expected: Actions
) -> None:
    assert progress.actions(make_run(**changes)) == expected


def test_waiting_shows_step_time_estimate_and_id(make_run: MakeRun) -> None:
    run = make_run(state=RunState.WAITING, prediction={"status": "processing"})
    html = progress.waiting(run, Estimate(elapsed=7, remaining=12.2, runs=3), 7.4)
    assert "Syncing the lips" in html
    assert ">7 s<" in html
    assert "About 12 s to go, judged by 3 earlier runs." in html
    assert 'aria-valuenow="36"' in html
    assert "width:36%" in html
    assert run.id in html
    assert '<li class="now" aria-current=step>Sync' in html
    assert "the task goes on and is billed" in html


def test_a_queued_task_is_not_said_to_be_worked_on(make_run: MakeRun) -> None:
    run = make_run(state=RunState.WAITING, prediction={"status": "created"})
    assert progress.now_words(run) == "In the queue"


def test_an_unknown_status_counts_as_work(make_run: MakeRun) -> None:
    run = make_run(state=RunState.WAITING, prediction={"status": "warming_up"})
    assert progress.now_words(run) == "Syncing the lips"


def test_a_transfer_says_how_far_it_is(make_run: MakeRun) -> None:
    html = progress.waiting(make_run(state=RunState.UPLOADING), None, 1.0, 0.42)
    assert "42%" in html
    assert "First run of this kind: no estimate." in html
    assert "progressbar" not in html


def test_a_run_that_takes_longer_says_by_how_much_and_has_no_bar_that_stands(
    make_run: MakeRun,
) -> None:
    run = make_run(state=RunState.WAITING)
    late = Estimate(elapsed=48, remaining=0, runs=2, over=28.4)
    html = progress.waiting(run, late, 48)
    assert "It takes 28 s longer than 2 earlier runs like it did, and goes on." in html
    assert 'class="far open"' in html
    assert "aria-valuenow" not in html
    nearly = progress.bar(Estimate(elapsed=30, remaining=0, runs=2))
    assert nearly is not None
    assert nearly.percent == 97


def test_a_task_that_says_how_far_it_is_is_judged_by_its_pace(make_run: MakeRun) -> None:
    run = make_run(state=RunState.WAITING, prediction={"status": "processing"})
    html = progress.waiting(run, Estimate(elapsed=6, remaining=4, runs=0), 6, 0.6)
    assert "Syncing the lips · 60%" in html
    assert "About 4 s to go at the pace so far." in html
    stuck = progress.waiting(run, Estimate(elapsed=19, remaining=0, runs=0, over=9.2), 19, 0.92)
    assert "It takes 9 s longer than its pace promised, and goes on." in stuck
    assert 'aria-valuenow="60"' in html


def test_what_failed_is_said_with_its_cause_and_remedy_and_cannot_inject_markup(
    make_run: MakeRun,
) -> None:
    error = RunError("The server said <script>alert(1)</script>.", "Try other media.")
    html = progress.trouble(make_run(state=RunState.FAILED, error=error))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "Try other media." in html
    assert studio_words.AGAIN_IS_BILLED in html


def test_a_local_run_costs_nothing_to_submit_again(make_run: MakeRun) -> None:
    html = progress.trouble(make_run(state=RunState.FAILED, backend="local"))
    assert "free" in html
    assert studio_words.AGAIN_IS_BILLED not in html


def test_an_unclear_run_says_that_looking_costs_nothing(make_run: MakeRun) -> None:
    run = make_run(state=RunState.UNCLEAR, prediction_id=None)
    assert "Nobody knows yet" in progress.trouble(run)
    assert progress.resume_label(run) == "Look for the task"


def test_a_run_without_its_key_asks_for_it(make_run: MakeRun) -> None:
    run = make_run(state=RunState.WAITING, needs_key=True)
    assert "Enter the key" in progress.trouble(run)
    assert progress.resume_label(run) == "Go on with this key"


def test_a_run_that_waits_for_the_limit_counts_down_and_says_so_once(make_run: MakeRun) -> None:
    later = now() + timedelta(seconds=41.6)
    run = make_run(state=RunState.LIMITED, next_try=later, submitted_at=None, prediction_id=None)
    html = progress.waiting(run, None, 1.0)
    assert "<h2>Waiting for the account&#39;s limit, next try in 42 s</h2>" in html
    assert 'data-say="Waiting for the account&#39;s limit"' in html
    assert '<li class="now" aria-current=step>Send</li>' in html
    assert "nothing has been sent yet" in html
    assert re.search(
        r'next try in <lipsync-clock data-left="41\.\d">42 s', progress.now_markup(run)
    )
    assert progress.actions(run).stop
    soon = make_run(state=RunState.LIMITED, next_try=None, submitted_at=None)
    assert progress.now_words(soon) == progress.now_markup(soon) == "Sending the request"
