"""Estimates: medians of comparable runs, None without any."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.estimates import (
    Reuse,
    Work,
    comparable,
    estimate,
    inference,
    reuse_of,
    wait,
    work_of,
)
from lipsync_demo.runs.record.run import Run, RunState
from tests.unit.run_factory import MakeRun


def _done(make_run: MakeRun, spent: float, seconds: int = 10, **changes: Any) -> Run:
    timings = {"inference": spent, "upload": 1.0, "queue": 2.0, "download": 3.0}
    return make_run(output_seconds=Fraction(seconds), timings=timings, **changes)


def _sized(run: Run, width: int, height: int, sha256: str = "0" * 64) -> Run:
    assert run.video is not None
    return replace(run, video=replace(run.video, width=width, height=height, sha256=sha256))


def _reused(run: Run, frames: int, analysis: bool = True) -> Run:
    said = {"frames": 100, "reused_frames": frames, "reused_analysis": int(analysis)}
    return replace(run, backend="local", prediction={"id": "x", "engine": said})


@pytest.fixture
def earlier(make_run: MakeRun) -> list[Run]:
    return [_done(make_run, spent) for spent in (10, 60, 20)]


@pytest.fixture
def under_way(make_run: MakeRun) -> MakeRun:
    def make(state: RunState = RunState.WAITING, **changes: Any) -> Run:
        given = {"started_at": now(), "expected_seconds": Fraction(5), "output_seconds": None}
        return make_run(**{"state": state, "submitted_at": None, **given, **changes})

    return make


def test_the_time_is_the_median_in_proportion_to_the_work(
    earlier: list[Run], under_way: MakeRun
) -> None:
    work = work_of(under_way())
    assert work is not None
    assert inference(work, comparable(work, earlier)) == pytest.approx(10)
    twice = replace(work, seconds=2 * work.seconds)
    assert inference(twice, comparable(twice, earlier)) == pytest.approx(20)
    larger = replace(work, pixels=4 * work.pixels)
    more = inference(larger, comparable(larger, earlier))
    assert more is not None
    assert 10 < more < 40
    assert inference(work, []) is None


def test_the_wait_is_more_than_inference_but_not_the_turns_of_others(
    make_run: MakeRun, under_way: MakeRun
) -> None:
    work = work_of(under_way())
    assert work is not None
    runs = [_done(make_run, 10, seconds=5) for _ in range(3)]
    watched = [replace(r, timings={**r.timings, "total": 14.0, "picture": 18.5}) for r in runs]
    told = [replace(r, timings={**r.timings, "total": 14.0}) for r in runs]
    assert wait(work, watched) == pytest.approx(10 + 18.5 - 10 - 2)
    assert wait(work, told) == pytest.approx(10 + 14 - 10 - 2)
    assert wait(work, []) is None


def test_a_task_slower_than_its_pace_is_told(earlier: list[Run], under_way: MakeRun) -> None:
    run = under_way(RunState.WAITING)
    for left, remaining, over in ((5.0, 8.0, 0.0), (-1.0, 2.0, 0.0), (-9.0, 0.0, 6.0)):
        found = estimate(run, earlier, left=left)
        assert found is not None
        assert (found.remaining, found.over, found.runs) == (remaining, over, 0)


def test_only_runs_of_similar_size_are_comparable(make_run: MakeRun) -> None:
    short, long = _done(make_run, 3, seconds=2), _done(make_run, 90, seconds=60)
    wanted = work_of(make_run(output_seconds=Fraction(50)))
    assert wanted is not None
    assert comparable(wanted, [short, long]) == [long]
    small, huge = (_sized(_done(make_run, 9), *size) for size in ((320, 240), (3840, 2160)))
    wanted = work_of(_sized(make_run(output_seconds=Fraction(10)), 3000, 2000))
    assert wanted is not None
    assert comparable(wanted, [small, huge]) == [huge]
    assert comparable(wanted, [replace(huge, imported=True), replace(huge, timings={})]) == []


def test_runs_that_reused_others_stand_apart(make_run: MakeRun) -> None:
    fresh = _reused(_done(make_run, 20), 0, analysis=False)
    other = _reused(_done(make_run, 12, sync_mode=SyncMode.LOOP), 10)
    again = _reused(_done(make_run, 0.5), 96)
    assert [reuse_of(run) for run in (fresh, other, again)] == list(Reuse)
    known = [fresh, other, again]
    assert work_of(fresh) is not None
    new = _sized(fresh, 720, 720, sha256="f" * 64)
    another = replace(fresh, sync_mode=SyncMode.REMAP)
    for run, alike in ((new, fresh), (another, other), (fresh, again)):
        work = work_of(run)
        assert work is not None
        assert comparable(work, known) == [alike]
    # The very first repetition: nothing is known of those.
    work = work_of(fresh)
    assert work is not None
    assert comparable(work, [fresh]) == []


@pytest.mark.parametrize(
    ("state", "spent", "wanted"),
    [
        (RunState.CHECKING, None, 1 + 2 + 10 + 3),
        (RunState.UPLOADING, None, 1 + 2 + 10 + 3),
        (RunState.WAITING, 4, 2 + 10 + 3 - 4),
        (RunState.WAITING, 3600, 2 + 10 + 3 - 3600),
        (RunState.DOWNLOADING, 3600, 3),
    ],
)
def test_what_is_left_and_by_how_much_it_takes_longer(
    earlier: list[Run], under_way: MakeRun, state: RunState, spent: int | None, wanted: float
) -> None:
    sent = None if spent is None else now() - timedelta(seconds=spent)
    found = estimate(under_way(state, submitted_at=sent), earlier)
    assert found is not None
    assert found.runs == 3
    # These clocks read only differences of this very machine, so a wide margin is enough.
    assert found.remaining - found.over == pytest.approx(wanted, abs=60)
    assert found.over == 0 or found.remaining == 0
    assert (found.over > 0) is (wanted < -60)


def test_the_queue_is_part_of_it_and_the_tasks_own_pace_counts_more(
    earlier: list[Run], under_way: MakeRun
) -> None:
    waiting = under_way(submitted_at=now())
    plain, queued = (estimate(waiting, earlier, ahead) for ahead in (0.0, 600.0))
    assert plain is not None
    assert queued is not None
    assert queued.remaining - plain.remaining == pytest.approx(600, abs=60)
    paced = estimate(waiting, earlier, left=7.0)
    assert paced is not None
    assert (paced.remaining, paced.runs) == (7.0 + 3.0, 0)
    alone = estimate(waiting, [], left=7.0)
    assert alone is not None
    assert alone.remaining == 7.0


def test_nothing_is_guessed(earlier: list[Run], under_way: MakeRun) -> None:
    assert estimate(under_way(), []) is None
    assert estimate(under_way(expected_seconds=None), earlier) is None
    assert estimate(under_way(RunState.DONE), earlier) is None


def test_amounts_grow_with_length_and_less_than_with_pixels() -> None:
    small, large = (Work(seconds=1, pixels=n) for n in (250_000, 1_000_000))
    assert Work(seconds=2, pixels=250_000).amount == 2 * small.amount
    assert small.amount < large.amount < 4 * small.amount
