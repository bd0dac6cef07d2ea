"""How long new runs take under the account's rate limit for submits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from statistics import median

from lipsync_demo.runs.record.run import Run
from lipsync_demo.wavespeed.account_levels import DEFAULT_LEVEL
from lipsync_demo.wavespeed.pacing.submit_queue import WINDOW_SECONDS, RateLimit, SubmitQueue

USUAL_SECONDS = 60.0
"""Seconds assumed for a task without earlier runs: sync.so states 30 to 60 s for half a minute
of video (https://sync.so/docs/product/generation-times)."""

_PARTS = ("queue", "inference", "download")
"""Parts of a run's time after its submit."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The delay of new runs under the rate limit `pace`; `learned` if the API revealed it.

    `wait` is the seconds until the last run is submitted, `seconds` those until it is done.
    """

    pace: RateLimit
    wait: float
    seconds: float
    learned: bool


def outlook(runs: int, submits: SubmitQueue, earlier: Iterable[Run]) -> Outlook | None:
    """Estimate the delay of `runs` new runs in this queue; None if the rate limit delays none.

    Until the account's limit is known, the default account level is assumed.
    """
    totals = [sum(run.timings.get(part, 0.0) for part in _PARTS) for run in earlier]
    own = median(totals) if totals else USUAL_SECONDS
    pace, sent = submits.pace, submits.delay_of(runs)
    if pace is not None and sent is not None:
        return Outlook(pace, sent, sent + own, learned=True) if sent else None
    windows = ceil(runs / DEFAULT_LEVEL.videos_a_minute) - 1
    assumed = RateLimit(DEFAULT_LEVEL.videos_a_minute, WINDOW_SECONDS)
    wait = windows * WINDOW_SECONDS
    return Outlook(assumed, wait, wait + own, learned=False) if windows > 0 else None
