"""Polling intervals."""

from __future__ import annotations

import random as _random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lipsync_demo.wavespeed.addresses import is_loopback, origin


@dataclass(frozen=True)
class Schedule:
    """Seconds between polls: each of `early`, then `slow`, growing by `growth` up to `slowest`."""

    early: tuple[float, ...]
    slow: float
    slowest: float
    growth: float = 1.25


REMOTE = Schedule(early=(1.5, 3.0), slow=5.0, slowest=15.0)
"""For the API, which asks for at least 5 s between polls of a video task, more for long ones."""

LOOPBACK = Schedule(early=(0.1, 0.2, 0.3), slow=0.5, slowest=1.0)
"""For a server on this machine."""


def poll_delays(base_url: str, *, random: Callable[[], float] = _random.random) -> Iterator[float]:
    """Endless seconds to wait before each poll of a task on the server at `base_url`.

    Jitter lengthens each wait by up to 10 %, so that tasks started together spread out and the
    documented minimum still holds.
    """
    place = origin(base_url)
    schedule = LOOPBACK if place and is_loopback(place[1]) else REMOTE
    for delay in schedule.early:
        yield delay * (1 + random() / 10)
    delay = schedule.slow
    while True:
        yield delay * (1 + random() / 10)
        delay = min(delay * schedule.growth, schedule.slowest)
