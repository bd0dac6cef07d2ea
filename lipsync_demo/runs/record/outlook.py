"""How long several new runs take because an account takes only so many submits at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from statistics import median

from lipsync_demo.runs.record.run import Run
from lipsync_demo.wavespeed.levels import DEFAULT_LEVEL
from lipsync_demo.wavespeed.pacing.pace import WINDOW_SECONDS, Pace, Submits

USUAL_SECONDS = 60.0
"""What a task takes where no earlier run tells: sync.so names 30 to 60 s for half a minute of
video (https://sync.so/docs/product/generation-times)."""

_PARTS = ("queue", "inference", "download")


@dataclass(frozen=True, slots=True)
class Outlook:
    """What new runs have to expect at a `pace`, `learned` where the API taught it.

    `wait` is the seconds until the last of them is sent, `seconds` those until it is done.
    """

    pace: Pace
    wait: float
    seconds: float
    learned: bool


def outlook(runs: int, submits: Submits, earlier: Iterable[Run]) -> Outlook | None:
    """What `runs` new runs in this queue have to expect; None where the limit holds up none.

    While nothing was learned of the account, it is taken to be of the default level.
    """
    totals = [sum(run.timings.get(part, 0.0) for part in _PARTS) for run in earlier]
    own = median(totals) if totals else USUAL_SECONDS
    pace, sent = submits.pace, submits.ahead(runs)
    if pace is not None and sent is not None:
        return Outlook(pace, sent, sent + own, learned=True) if sent else None
    windows = ceil(runs / DEFAULT_LEVEL.videos_a_minute) - 1
    assumed = Pace(DEFAULT_LEVEL.videos_a_minute, WINDOW_SECONDS)
    wait = windows * WINDOW_SECONDS
    return Outlook(assumed, wait, wait + own, learned=False) if windows > 0 else None
