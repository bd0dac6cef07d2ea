"""What other visitors notice while small files that cost much are thrown at the page."""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import requests

from tests.browser.site import Site, opened
from tests.faults.bombs import BOMBS
from tests.reliability.poster import PATIENCE, Poster
from tests.reliability.table import Result, Table

BOMBS_AT_ONCE = 20
HEALTH_LIMIT = 0.1
ACTION_LIMIT = 1.3
GROWTH_LIMIT = 50 << 20
IDLE_LOOKS = 60
MORE = 1.5
"""Seconds that looking goes on after the last bomb was answered, at least."""


class Watch:
    """Calls something again and again in a thread of its own, and keeps the times it took."""

    def __init__(self, act: Callable[[], object], pause: float) -> None:
        self.seconds: list[float] = []
        self._act, self._pause = act, pause
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ended.wait(self._pause):
            began = time.monotonic()
            self._act()
            self.seconds.append(time.monotonic() - began)


def run(seed: int) -> Result:
    del seed  # each bomb is the same every time
    with tempfile.TemporaryDirectory() as made, opened(Path(made), forked=False) as site:
        return _measured(site, Path(made))


def _measured(site: Site, folder: Path) -> Result:
    page = psutil.Process(site.pid)
    visitor = Poster(site.url)
    visitor.change_mode().raise_for_status()

    def health() -> None:
        requests.get(f"{site.url}/healthz", timeout=PATIENCE).raise_for_status()

    def act() -> None:
        visitor.change_mode().raise_for_status()

    def watched(during: Callable[[], object]) -> tuple[list[float], list[float]]:
        with Watch(health, 0.05) as alive, Watch(act, 0.2) as acting:
            during()
        return alive.seconds, acting.seconds

    idle = watched(lambda: time.sleep(IDLE_LOOKS * 0.25))
    before = page.memory_info().rss
    took: list[float] = []
    made = [
        _made(write, folder / str(number))
        for number, write in enumerate([*BOMBS.values(), *BOMBS.values()][:BOMBS_AT_ONCE], start=1)
    ]

    def throw() -> None:
        throwing = [threading.Thread(target=_thrown, args=(site.url, path, took)) for path in made]
        for one in throwing:
            one.start()
        for one in throwing:
            one.join()
        time.sleep(MORE)

    thrown = watched(throw)
    grown = page.memory_info().rss - before
    rows, missed = [], []
    names = ("`/healthz`", "choosing a mode with ordinary files")
    for name, quiet, loud in zip(names, idle, thrown, strict=True):
        middles = statistics.median(quiet), statistics.median(loud)
        ends = _percentile(quiet), _percentile(loud)
        ratio = middles[1] / middles[0]
        rows.append(
            (
                name,
                len(quiet),
                len(loud),
                f"{1000 * middles[0]:.0f} / {1000 * middles[1]:.0f} ms",
                f"{ratio:.2f}",
                f"{1000 * ends[0]:.0f} / {1000 * ends[1]:.0f} ms",
            )
        )
        if name == names[0] and ends[1] > HEALTH_LIMIT:
            missed.append(f"{name} took {1000 * ends[1]:.0f} ms (99 %)")
        if name == names[1] and ratio > ACTION_LIMIT:
            missed.append(f"{name} took {ratio:.2f} times as long")
    rows.append(("memory of the page", "", "", "", "", f"{grown / 2**20:+.0f} MB"))
    rows.append(("the bombs' own answers", "", len(took), "", "", f"{max(took):.1f} s at most"))
    if grown > GROWTH_LIMIT:
        missed.append(f"the page grew by {grown / 2**20:.0f} MB")
    columns = ("what", "idle", "meanwhile", "median, idle / meanwhile", "ratio", "99 %")
    return Result(columns, rows, missed)


def _made(write: Callable[[Path], Path], folder: Path) -> Path:
    """A bomb, unlike every other one: the page has looked at none of them."""
    folder.mkdir()
    path = write(folder)
    with path.open("ab") as file:
        file.write(folder.name.encode())
    return path


def _thrown(url: str, path: Path, took: list[float]) -> None:
    attacker = Poster(url)
    held = attacker.upload(path)
    for _ in range(3):
        began = time.monotonic()
        attacker.change_mode(video=held, speech=held)
        took.append(time.monotonic() - began)


def _percentile(seconds: list[float]) -> float:
    return sorted(seconds)[min(len(seconds) - 1, round(0.99 * len(seconds)))]


TABLE = Table(
    "Bombs at the page",
    f"{BOMBS_AT_ONCE} bombs by as many sessions at once, each three times: `/healthz` within "
    "100 ms (99 %), an action of another visitor within 1.3 times its idle time (median, side by "
    "side), and the page's memory flat.",
    run,
)
