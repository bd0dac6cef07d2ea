"""Estimates: medians of measured runs, None without any."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.estimates import estimate, inference_rate
from lipsync_demo.runs.record.run import Run, RunState
from tests.unit.runs.storage.test_run_table import make_run


def _done(inference: float, seconds: int, **timings: float) -> Run:
    return make_run(
        Path("/runs"),
        state=RunState.DONE,
        output_seconds=Fraction(seconds),
        timings={"inference": inference, **timings},
    )


EARLIER = [
    _done(10, 10, upload=1, queue=2, download=3),
    _done(60, 10, upload=1, queue=2, download=3),
    _done(20, 10, upload=1, queue=2, download=3),
]


def _now(state: RunState, **changes: object) -> Run:
    return make_run(
        Path("/runs"), state=state, started_at=now(), expected_seconds=Fraction(5), **changes
    )


def test_the_rate_is_the_median() -> None:
    assert inference_rate(EARLIER) == 2
    assert inference_rate([]) is None
    assert inference_rate([_done(0, 10), make_run(Path("/runs"))]) is None


@pytest.mark.parametrize(
    ("state", "changes", "remaining"),
    [
        (RunState.CHECKING, {}, 1 + 2 + 10 + 3),
        (RunState.UPLOADING, {}, 1 + 2 + 10 + 3),
        (RunState.WAITING, {"submitted_at": now() - timedelta(seconds=4)}, 2 + 10 + 3 - 4),
        (RunState.WAITING, {"submitted_at": now() - timedelta(days=1)}, 0),
        (RunState.DOWNLOADING, {"submitted_at": now() - timedelta(days=1)}, 3),
    ],
)
def test_what_is_left(state: RunState, changes: dict[str, object], remaining: float) -> None:
    run = _now(state, **changes)
    # These clocks read only differences of this very machine, so a wide margin is enough.
    found = estimate(run, EARLIER)
    assert found is not None
    assert found.runs == 3
    assert remaining - 60 <= found.remaining <= remaining
    assert found.remaining == pytest.approx(max(0, remaining - found.elapsed), abs=60)


def test_nothing_is_guessed() -> None:
    waiting = _now(RunState.WAITING)
    assert estimate(waiting, []) is None
    assert estimate(replace(waiting, expected_seconds=None), EARLIER) is None
    assert estimate(replace(waiting, state=RunState.DONE), EARLIER) is None
