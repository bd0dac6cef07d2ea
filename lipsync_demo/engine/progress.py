"""Progress, counts and timings of a run of the engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction


class Stage(str, Enum):
    """The engine's steps, in order."""

    LISTEN = "listen"
    ANALYSE = "analyse"
    CHOOSE = "choose"
    RENDER = "render"

    def __str__(self) -> str:
        return self.value

    def overall(self, done: float) -> float:
        """Return the share of all work that is done, 0 to 1, when `done` of this stage is."""
        order = list(Stage)
        return sum(SHARES[s] for s in order[: order.index(self)]) + SHARES[self] * done


SHARES = {Stage.LISTEN: 0.1, Stage.ANALYSE: 0.4, Stage.CHOOSE: 0.02, Stage.RENDER: 0.48}
"""Usual share of each stage in the time of a run, estimated from what a frame costs."""

OnProgress = Callable[[Stage, float], None]
"""Called with the stage and the fraction of it that is done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class StageTime:
    """Wall-clock and CPU time (all threads) of a stage, seconds."""

    wall: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineReport:
    """Counts and timings of one finished lip-sync.

    `frames` of the output are `synced` (the mouth was driven) or `passed_through` (no usable
    face); `reused_frames` of them came from the cache, and with `reused_analysis` so did the
    analysis. `faces` is the largest number of faces tracked in one shot. `width` and `height` are
    stored pixels.
    """

    frames: int
    synced: int
    passed_through: int
    faces: int
    shots: int
    width: int
    height: int
    output_seconds: Fraction
    timings: dict[Stage, StageTime]
    reused_analysis: bool
    reused_frames: int

    def found(self) -> dict[str, int]:
        """Return the counts that a run's record stores."""
        return {
            "frames": self.frames,
            "synced": self.synced,
            "passed_through": self.passed_through,
            "faces": self.faces,
            "shots": self.shots,
            "reused_analysis": int(self.reused_analysis),
            "reused_frames": self.reused_frames,
        }


@dataclass(slots=True)
class Stopwatch:
    """Measures the stages and reports progress, at most a hundred times a stage."""

    on_progress: OnProgress | None = None
    timings: dict[Stage, StageTime] = field(default_factory=dict)
    _reported: float = 0.0

    @contextmanager
    def stage(self, stage: Stage) -> Iterator[Callable[[float], None]]:
        """Time the block as `stage`; yields a function that takes the fraction done, 0 to 1."""
        wall, cpu = time.perf_counter(), time.process_time()
        self._report(stage, 0.0)
        yield lambda done: self._report(stage, done)
        self.timings[stage] = StageTime(time.perf_counter() - wall, time.process_time() - cpu)
        self._report(stage, 1.0)

    def _report(self, stage: Stage, done: float) -> None:
        if self.on_progress is None or 0 < done < min(1.0, self._reported + 0.01):
            return
        self._reported = done
        self.on_progress(stage, done)
