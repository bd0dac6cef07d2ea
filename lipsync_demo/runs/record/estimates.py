"""Remaining time of a run, estimated from earlier runs on the same backend and model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from lipsync_demo.runs.record.clock import seconds_since, seconds_until
from lipsync_demo.runs.record.run import Run, RunState

SAMPLE_RUNS = 20
"""Number of latest finished runs that an estimate is based on."""

_AFTER = {
    RunState.CHECKING: ("upload", "queue", "inference", "download"),
    RunState.UPLOADING: ("upload", "queue", "inference", "download"),
    RunState.LIMITED: ("queue", "inference", "download"),
    RunState.SUBMITTING: ("queue", "inference", "download"),
    RunState.WAITING: ("queue", "inference", "download"),
    RunState.DOWNLOADING: ("download",),
}
"""Remaining parts of a run's time in each state."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds since the start, and remaining seconds estimated from `runs` earlier runs."""

    elapsed: float
    remaining: float
    runs: int


def inference_rate(runs: Iterable[Run]) -> float | None:
    """Median seconds of inference per second of output; None without a measured run."""
    rates = [
        run.timings["inference"] / float(run.output_seconds)
        for run in runs
        if run.output_seconds and run.timings.get("inference")
    ]
    return median(rates) if rates else None


def estimate(run: Run, earlier: Sequence[Run]) -> Estimate | None:
    """Estimate the remaining time of `run` from finished runs; None if they do not allow it.

    Each remaining part takes its median time over `earlier`, runs of the same backend and model;
    inference scales with the length of the output.  Time already spent since the start, or since
    the request was sent, is subtracted.
    """
    told = [r for r in earlier if r.output_seconds and r.timings.get("inference")]
    rate = inference_rate(told)
    if not run.state.active or run.expected_seconds is None or rate is None:
        return None
    parts = {"inference": rate * float(run.expected_seconds)}
    for name in ("upload", "queue", "download"):
        known = [r.timings[name] for r in told if name in r.timings]
        parts[name] = median(known) if known else 0.0
    ahead = sum(parts[name] for name in _AFTER[run.state])
    elapsed = seconds_since(run.started_at)
    if run.state is RunState.LIMITED:
        ahead += seconds_until(run.next_try) if run.next_try else 0.0
        spent = 0.0
    elif run.state is RunState.DOWNLOADING:
        spent = 0.0
    elif run.submitted_at is not None:
        spent = seconds_since(run.submitted_at)
    else:
        spent = elapsed
    return Estimate(elapsed, max(0.0, ahead - spent), len(told))
