from __future__ import annotations

from itertools import islice

import pytest

from lipsync_demo.wavespeed.calls.poll_interval import poll_delays
from lipsync_demo.wavespeed.pacing.retries import Retry, retry_after


@pytest.mark.parametrize("random", [0.0, 0.5, 0.999])
def test_a_remote_task_is_looked_at_early_and_then_at_least_5_s_apart(random: float) -> None:
    delays = list(islice(poll_delays("https://api.wavespeed.ai", random=lambda: random), 30))
    assert delays[0] < 2
    assert delays[1] < 5
    assert min(delays[2:]) >= 5
    assert delays == sorted(delays)
    assert 10 < delays[-1] <= 16.5


def test_a_local_task_is_looked_at_more_often() -> None:
    local = list(islice(poll_delays("http://127.0.0.1:8000", random=lambda: 0), 30))
    assert local[0] <= 0.1
    assert max(local) <= 1.0


def test_tasks_started_together_spread_out() -> None:
    one = list(islice(poll_delays("https://api.wavespeed.ai", random=lambda: 0.1), 10))
    other = list(islice(poll_delays("https://api.wavespeed.ai", random=lambda: 0.9), 10))
    assert all(a != b for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize(
    ("url", "most"), [("https://api.wavespeed.ai", 20), ("http://127.0.0.1:8000", 50)]
)
@pytest.mark.parametrize("tasks", [1, 10, 1000, 100_000])
def test_a_process_polls_no_more_than_so_often_however_many_tasks_wait(
    url: str, most: float, tasks: int
) -> None:
    alone = list(islice(poll_delays(url, random=lambda: 0), 30))
    delays = list(islice(poll_delays(url, random=lambda: 0, tasks=lambda: tasks), 30))
    assert tasks / min(delays) <= max(most, tasks / min(alone)) * 1.001
    assert tasks < 1000 or tasks / min(delays) <= most * 1.001, "also while all of them are new"
    assert tasks > 1 or delays == alone


def test_backoff_doubles_with_jitter_up_to_a_limit() -> None:
    rule = Retry(first=0.5, slowest=30)
    assert [rule.pause(n, 0.5) for n in (1, 2, 3, 4)] == [0.5, 1.0, 2.0, 4.0]
    assert (rule.pause(3, 0.0), rule.pause(3, 1.0)) == (1.0, 3.0)
    assert rule.pause(1000, 0.5) == 30


def test_retry_after_is_honoured_and_capped() -> None:
    rule = Retry(first=0.5, longest_retry_after=120)
    assert rule.pause(1, 0.5, 7) == 7
    assert rule.pause(1, 0.5, 86_400) == 120
    assert rule.pause(4, 0.5, 0) == 4


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 0 "}, 0),
        ({"Retry-After": "-5"}, 0),
        (
            {
                "Retry-After": "Wed, 21 Oct 2026 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            30,
        ),
        (
            {
                "Retry-After": "Wed, 21 Oct 2026 07:27:00 GMT",
                "Date": "Wed, 21 Oct 2026 07:28:00 GMT",
            },
            0,
        ),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "Wed, 21 Oct 99999999999999999999 07:28:00 GMT"}, None),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT", "Date": "today"}, 0),
        (
            {
                "Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT",
                "Date": "Wed, 21 Oct 99999999999999999999 07:28:00 GMT",
            },
            0,
        ),
        ({}, None),
    ],
)
def test_retry_after_is_a_number_or_a_date(headers: dict[str, str], seconds: object) -> None:
    assert retry_after(headers) == seconds
