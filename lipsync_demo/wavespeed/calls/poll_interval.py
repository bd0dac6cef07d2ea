"""Polling intervals."""

from __future__ import annotations

import random as _random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lipsync_demo.wavespeed.addresses import is_loopback, origin


@dataclass(frozen=True)
class Schedule:
    """Seconds between polls: each of `early`, then `slow`, growing by `growth` up to `slowest`.

    All are longer where a process would poll more than `most` times a second.
    """

    early: tuple[float, ...]
    slow: float
    slowest: float
    growth: float = 1.25
    most: float = 20.0

    def wait(self, seconds: float, tasks: int) -> float:
        """A wait of so many seconds, longer when a process polls so many tasks."""
        return max(seconds, tasks / self.most)


REMOTE = Schedule(early=(1.5, 3.0), slow=5.0, slowest=15.0)
"""For the API, which asks for at least 5 s between polls of a video task, more for long ones."""

LOOPBACK = Schedule(early=(0.1, 0.2, 0.3), slow=0.5, slowest=1.0, most=50.0)
"""For a server on this machine."""


def poll_delays(
    base_url: str,
    *,
    random: Callable[[], float] = _random.random,
    tasks: Callable[[], int] = lambda: 1,
) -> Iterator[float]:
    """Endless seconds to wait before each poll of a task on the server at `base_url`.

    Jitter lengthens each wait by up to 10 %, so that tasks started together spread out and the
    documented minimum still holds. `tasks` returns how many this process polls now.
    """
    place = origin(base_url)
    schedule = LOOPBACK if place and is_loopback(place[1]) else REMOTE
    for delay in schedule.early:
        yield schedule.wait(delay, tasks()) * (1 + random() / 10)
    delay = schedule.slow
    while True:
        yield schedule.wait(delay, tasks()) * (1 + random() / 10)
        delay = min(delay * schedule.growth, schedule.slowest)
