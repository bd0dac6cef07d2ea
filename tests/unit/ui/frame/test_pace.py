"""How often open pages ask how their runs get on."""

from __future__ import annotations

import heapq

import pytest

from lipsync_demo.ui.frame.pace import LONGEST, MOST, SHORTEST, Pace


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def polled(pages: int, seconds: float) -> tuple[float, list[float]]:
    """Polls a second in the second half of the time, and the interval of each page at its end."""
    clock = Clock()
    pace = Pace(clock)
    due = [(number / pages, number, SHORTEST) for number in range(pages)]
    heapq.heapify(due)
    counted = 0
    while due[0][0] < seconds:
        clock.now, number, waited = heapq.heappop(due)
        counted += clock.now >= seconds / 2
        waited = pace.next(waited)
        heapq.heappush(due, (clock.now + waited, number, waited))
    return counted / (seconds / 2), [waited for _, _, waited in due]


@pytest.mark.parametrize(
    ("pages", "interval"),
    [(1, 1), (MOST - 10, 1), (MOST + 10, 2), (150, 4), (190, 5), (1000, LONGEST)],
)
def test_many_pages_ask_more_rarely(pages: int, interval: float) -> None:
    rate, intervals = polled(pages, 120)
    assert set(intervals) == {interval}
    assert rate <= max(MOST, pages / LONGEST) * 1.05
    assert rate == pytest.approx(pages / interval, rel=0.05)


def test_a_crowd_that_leaves_slows_nobody_down() -> None:
    clock = Clock()
    pace = Pace(clock)
    for _ in range(10_000):
        assert pace.next(SHORTEST) <= LONGEST
    clock.now = 11.0
    assert pace.next(LONGEST) == SHORTEST


@pytest.mark.parametrize("odd", [-1e9, 0.0, 1e300])
def test_what_a_page_says_counts_within_bounds(odd: float) -> None:
    pace = Pace(Clock())
    assert all(pace.next(odd) == SHORTEST for _ in range(MOST * 2))
