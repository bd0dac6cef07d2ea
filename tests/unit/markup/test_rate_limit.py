"""The text about the account's rate limit before runs start."""

from __future__ import annotations

import pytest

from lipsync_demo.markup.rate_limit import before
from lipsync_demo.runs.record.limit_delay import Outlook, outlook
from lipsync_demo.wavespeed.pacing.governor import Governor
from lipsync_demo.wavespeed.pacing.submit_queue import RateLimit
from tests.unit.run_factory import MakeRun


def test_what_is_not_known_is_told_of_the_default_level() -> None:
    queue = Governor().submits
    words = before(outlook(5, queue, []), 5)
    assert "On the default account level, which takes 2 videos a minute" in words
    assert "5 runs take about 3 minutes" in words
    assert "wait and go on by themselves" in words
    assert [before(outlook(n, queue, []), n) for n in (0, 1, 2)] == [""] * 3


@pytest.mark.parametrize(
    ("pace", "seconds", "words"),
    [
        (
            RateLimit(2, 60.7),
            181,
            "This account takes 2 videos a minute, so 5 runs take about 3 minutes.",
        ),
        (RateLimit(1, 60), 61, "takes 1 video a minute, so 5 runs take about 1 minute."),
        (RateLimit(30, 3.2), 8.4, "takes 30 videos in 3 s, so 5 runs take about 8 s."),
        (RateLimit(2, 60), 15000, "so 5 runs take about 4 hours."),
    ],
)
def test_what_was_learned_is_told(pace: RateLimit, seconds: float, words: str) -> None:
    assert words in before(Outlook(pace, seconds, seconds, learned=True), 5)


def test_runs_take_as_long_as_those_before_them(make_run: MakeRun) -> None:
    earlier = [make_run(timings={"queue": 1, "inference": n, "download": 2}) for n in (7, 27, 90)]
    found = outlook(3, Governor().submits, earlier)
    assert found is not None
    assert (found.wait, found.seconds) == (60, 90)
