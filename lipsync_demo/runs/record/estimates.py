"""Remaining time of a run, estimated from comparable runs.

Comparable are finished runs of the same backend and model, of a similar amount of work, that reused
as much of earlier runs as this one will.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from statistics import median

from lipsync_demo.runs.record.clock import seconds_since, seconds_until
from lipsync_demo.runs.record.run import Run, RunState

SAMPLE_RUNS = 40
"""Number of latest finished runs among which comparable ones are looked for."""

BASE_PIXELS = 1_200_000
"""Pixels that take as long as what a frame takes at any size; docs/engine.md has the costs."""

SIMILAR = 4.0
"""Factor by which the amounts of work of comparable runs differ at most."""

_AFTER = {
    RunState.CHECKING: ("upload", "queue", "inference", "download"),
    RunState.UPLOADING: ("upload", "queue", "inference", "download"),
    RunState.LIMITED: ("queue", "inference", "download"),
    RunState.SUBMITTING: ("queue", "inference", "download"),
    RunState.WAITING: ("queue", "inference", "download"),
    RunState.DOWNLOADING: ("download",),
}
"""Remaining parts of a run's time in each state."""


class Reuse(Enum):
    """How much of a run comes from earlier ones: only the local engine keeps anything."""

    NOTHING = "nothing"
    ANALYSIS = "analysis"
    PICTURE = "picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the time of a run depends on: seconds of output, pixels of a frame, content.

    `video` and `speech` are hashes of the inputs, None while unknown; `choices` is the title of
    the run, in which the mode is.
    """

    seconds: float
    pixels: int
    video: str | None = None
    speech: str | None = None
    choices: str = ""

    @property
    def amount(self) -> float:
        """A number that the time is in proportion to."""
        return self.seconds * (self.pixels + BASE_PIXELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Seconds since the start, and remaining seconds.

    They are judged by `runs` comparable runs, or by the task's own pace if that is 0. `over` is by
    how many seconds the run takes longer than those; nothing is known of what remains then.
    """

    elapsed: float
    remaining: float
    runs: int
    over: float = 0.0


def work_of(run: Run) -> Work | None:
    """What the time of a run depends on; None before its inputs are measured."""
    seconds = run.output_seconds or run.expected_seconds
    if seconds is None:
        return None
    video, audio = run.video, run.audio
    return Work(
        seconds=float(seconds),
        pixels=(video.width or 0) * (video.height or 0) if video else 0,
        video=video.sha256 if video else None,
        speech=audio.sha256 if audio else None,
        choices=run.title,
    )


def reuse_of(run: Run) -> Reuse:
    """How much a finished run has reused, as the engine said."""
    found = run.found
    if 2 * found.get("reused_frames", 0) >= found.get("frames", 1):
        return Reuse.PICTURE
    return Reuse.ANALYSIS if found.get("reused_analysis") else Reuse.NOTHING


def comparable(work: Work, earlier: Iterable[Run]) -> list[Run]:
    """The finished runs by which the time of this work can be judged."""
    done = [
        (run, other)
        for run in earlier
        if run.timings.get("inference") and not run.imported and (other := work_of(run))
    ]
    wanted = _expected(work, [run for run, _ in done])
    return [
        run
        for run, other in done
        if reuse_of(run) is wanted and 1 / SIMILAR <= work.amount / other.amount <= SIMILAR
    ]


def inference(work: Work, alike: Iterable[Run]) -> float | None:
    """Seconds of inference by the median of comparable runs; None without any."""
    rates = [run.timings["inference"] / other.amount for run in alike if (other := work_of(run))]
    return median(rates) * work.amount if rates else None


def wait(work: Work, alike: Sequence[Run]) -> float | None:
    """Seconds from the click to the picture if nothing is ahead; None without comparable runs."""
    known = inference(work, alike)
    return None if known is None else known + median(_beside(run) for run in alike)


def _beside(run: Run) -> float:
    """Seconds that somebody waited beside inference and the turns of others."""
    whole = run.timings.get("picture", run.timings.get("total", 0.0))
    turns = sum(run.timings.get(part, 0.0) for part in ("inference", "queue", "limit"))
    return max(0.0, whole - turns)


def estimate(
    run: Run, earlier: Sequence[Run], ahead: float = 0.0, left: float | None = None
) -> Estimate | None:
    """Estimate the remaining time of `run` from finished runs; None if they do not allow it.

    Each remaining part takes its median time over the comparable runs; inference is in proportion
    to the work.  Time already spent since the start, or since the request was sent, is subtracted.
    `ahead` are seconds of other runs in the queue; `left` those of the task by its own pace.
    """
    work = work_of(run)
    if not run.state.active or work is None:
        return None
    alike = comparable(work, earlier)
    elapsed = seconds_since(run.started_at)
    parts = {name: _usual(name, alike) for name in ("upload", "queue", "download")}
    if run.state is RunState.WAITING and left is not None:
        rest = left + parts["download"]
        return Estimate(elapsed=elapsed, remaining=max(0.0, rest), runs=0, over=max(0.0, -rest))
    known = inference(work, alike)
    if known is None:
        return None
    parts["inference"] = known
    wanted = sum(parts[name] for name in _AFTER[run.state]) + ahead - _spent(run, elapsed)
    return Estimate(
        elapsed=elapsed, remaining=max(0.0, wanted), runs=len(alike), over=max(0.0, -wanted)
    )


def _usual(part: str, alike: Sequence[Run]) -> float:
    known = [run.timings[part] for run in alike if part in run.timings]
    return median(known) if known else 0.0


def _spent(run: Run, elapsed: float) -> float:
    """Seconds of the remaining parts that have passed; negative while the run has to wait."""
    if run.state is RunState.LIMITED:
        return -seconds_until(run.next_try) if run.next_try else 0.0
    if run.state is RunState.DOWNLOADING:
        return 0.0
    return elapsed if run.submitted_at is None else seconds_since(run.submitted_at)


def _expected(work: Work, done: Sequence[Run]) -> Reuse:
    """How much this work will reuse: what the engine has kept is known by its earlier runs."""
    same = [
        other
        for run in done
        if run.backend == "local" and (other := work_of(run)) and other.video == work.video
    ]
    if work.video is None or not same:
        return Reuse.NOTHING
    again = (work.speech, work.choices)
    repeats = any((other.speech, other.choices) == again for other in same)
    return Reuse.PICTURE if repeats else Reuse.ANALYSIS
