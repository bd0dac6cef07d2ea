"""Targets of the local engine, in one table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum


class Verdict(str, Enum):
    """How a figure compares with its target."""

    GOAL = "goal reached"
    ENOUGH = "good enough"
    SHORT = "falls short"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Bar:
    """The target of one figure: the wanted `goal` and the required `least`."""

    what: str
    goal: float
    least: float
    higher_is_better: bool = True

    def verdict(self, value: float) -> Verdict:
        sign = 1 if self.higher_is_better else -1
        if sign * value >= sign * self.goal:
            return Verdict.GOAL
        return Verdict.ENOUGH if sign * value >= sign * self.least else Verdict.SHORT


OPENING = Bar("opening r, all pairs", 0.78, 0.72)
OPENING_WILD = Bar("opening r, without GRID", 0.70, 0.62)
WIDTH = Bar("width r", 0.58, 0.48)
ROUNDNESS = Bar("roundness r", 0.75, 0.69)
OPENING_FOREIGN = Bar("opening r, not English", 0.60, 0.50)
ORACLE = Bar("opening r from true shapes", 0.96, 0.94)
GAP = Bar("opening r above shuffled sound's, without GRID", 0.60, 0.50)
LAG = Bar("median lag, frames", 0, 1, higher_is_better=False)
CLOSURE = Bar("closures kept", 0.85, 0.75)
JITTER = Bar("jitter over the real video's", 1.1, 1.2, higher_is_better=False)
STRAY = Bar("bytes changed away from the mouth", 0, 0, higher_is_better=False)
LENGTH = Bar("output longer or shorter than planned, s", 0, 0, higher_is_better=False)
SHIFT = Bar("sound against pictures, s", 0, 0, higher_is_better=False)

CPU_360 = Bar("CPU ms a frame at 360p", 13, 19, higher_is_better=False)
CPU_720 = Bar("CPU ms a frame at 720p", 20, 28, higher_is_better=False)
REAL_TIME = Bar("times real time at 720p on two cores", 2.0, 1.4)
FLOOR = Bar("over decoding and encoding alone at 720p", 1.6, 1.9, higher_is_better=False)
PEER = Bar("times faster than Wav2Lip's generator at 720p", 25, 13)
REUSE = Bar("five modes of one pair, in single runs", 2.2, 2.2, higher_is_better=False)
MEMORY = Bar("peak memory at 1080p, MB", 700, 700, higher_is_better=False)

OPENING_PAGE = Bar(
    "`python app.py` to its first page, over a bare Gradio page with the same widgets",
    1.25,
    1.25,
    higher_is_better=False,
)
COLD_RUN = Bar(
    "`run` of a 5 s clip beyond the engine, first of all, s", 2.5, 2.5, higher_is_better=False
)
WARM_RUN = Bar(
    "`run` of a 5 s clip beyond the engine, beside a page, s", 0.3, 0.3, higher_is_better=False
)
SEEN = Bar("rendered to visible in the page, median s", 1.0, 1.0, higher_is_better=False)
OWN_CPU = Bar("CPU of a run beside the engine, ms", 150, 150, higher_is_better=False)
HISTORY = Bar(
    "history of 10,000 runs over one of 10, open and search", 1.3, 1.3, higher_is_better=False
)
CALL = Bar("a call over a bare `requests.Session`", 1.2, 1.2, higher_is_better=False)
SENDING = Bar("upload of 1 GB, raw copy over ours", 0.9, 0.9)
FETCHING = Bar("download of 1 GB, raw copy over ours", 0.9, 0.9)
FLAT = Bar("memory gained by both, MB", 32, 32, higher_is_better=False)
LONG_REUSE = Bar(
    "five modes of a pair longer than 10 s, in single runs", 2.2, 2.2, higher_is_better=False
)


def verdicts(found: Iterable[tuple[Bar, float]]) -> str:
    """Return a table with a line per bar: figure, goal, minimum and verdict."""
    lines = [f"{'':50}{'measured':>9}{'goal':>7}{'least':>7}"]
    for bar, value in found:
        lines.append(f"{bar.what:50}{value:9.3f}{bar.goal:7g}{bar.least:7g}  {bar.verdict(value)}")
    return "\n".join(lines)


def all_reached(found: Sequence[tuple[Bar, float]]) -> bool:
    """Return whether no figure falls short."""
    return all(bar.verdict(value) is not Verdict.SHORT for bar, value in found)
