"""What a call costs over requests alone, on a connection to the local backend that stays open."""

from __future__ import annotations

from lab.speed.app.calls import seconds_of_calls
from tests.reliability.table import Result, Table
from tests.reliability.watching import end_of, middle

CALLS = 1000
RATIO_LIMIT = 1.2
MEDIAN_LIMIT = 0.001
"""Seconds of a call on a quiet machine."""


def run(seed: int) -> Result:
    del seed  # nothing is random
    return measured(CALLS)


def measured(calls: int) -> Result:
    """So many calls of the client and of requests alone, one of each by turns."""
    return _judged(seconds_of_calls(calls))


def _judged(seconds: list[list[float]]) -> Result:
    bare, ours = seconds
    ratio = middle(ours) / middle(bare)
    rows: list[tuple[object, ...]] = [
        (name, len(took), *(f"{1000 * one:.2f} ms" for one in (min(took), middle(took), late)))
        for name, took, late in (
            ("`requests.Session`", bare, end_of(bare, 0.95)),
            ("`WaveSpeedClient`", ours, end_of(ours, 0.95)),
        )
    ]
    rows.append(("ratio", "", f"{min(ours) / min(bare):.2f}", f"{ratio:.2f}", ""))
    missed = []
    if ratio > RATIO_LIMIT:
        missed.append(f"a call takes {ratio:.2f} times as long as with requests alone")
    if middle(ours) > MEDIAN_LIMIT:
        missed.append(f"a call takes {1000 * middle(ours):.2f} ms in the median")
    return Result(("what", "calls", "least", "median", "95 %"), rows, missed)


TABLE = Table(
    "Calls on a connection that stays open",
    f"The balance, asked by our client and by requests alone in turns, at the local backend: a "
    f"ratio of medians of at most {RATIO_LIMIT}, and {MEDIAN_LIMIT * 1000:.0f} ms on a quiet "
    "machine.",
    run,
)
