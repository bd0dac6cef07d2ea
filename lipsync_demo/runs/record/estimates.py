"""How long a run still takes, judged by the runs before it on the same backend and model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from lipsync_demo.runs.record.clock import seconds_since, seconds_until
from lipsync_demo.runs.record.run import Run, RunState

SAMPLE = 20
"""How many of the latest finished runs are asked."""

_AFTER = {
    RunState.CHECKING: ("upload", "queue", "inference", "download"),
    RunState.UPLOADING: ("upload", "queue", "inference", "download"),
    RunState.LIMITED: ("queue", "inference", "download"),
    RunState.SUBMITTING: ("queue", "inference", "download"),
    RunState.WAITING: ("queue", "inference", "download"),
    RunState.DOWNLOADING: ("download",),
}


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds since the start, and seconds still to go judged by `runs` earlier runs."""

    elapsed: float
    remaining: float
    runs: int


def inference_rate(runs: Iterable[Run]) -> float | None:
    """Median seconds of inference for a second of output; None when no run tells."""
    rates = [
        run.timings["inference"] / float(run.output_seconds)
        for run in runs
        if run.output_seconds and run.timings.get("inference")
    ]
    return median(rates) if rates else None


def estimate(run: Run, earlier: Sequence[Run]) -> Estimate | None:
    """What is left of `run`, from finished runs of its backend and model; None if unknowable.

    Each part still to come takes as long as it did in the middle of the earlier runs, the
    inference in proportion to the output's length; time spent since the run was started,
    or since its request was sent, is taken off, never below zero.
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
