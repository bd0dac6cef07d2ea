"""Whether anything grows while visitors come and go, with a run each."""

from __future__ import annotations

import itertools
import random
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from lipsync_demo.ui.inputs.samples import FIRST
from tests.browser.site import Site, opened
from tests.faults.scripted_api import ScriptedApi, scripted_api
from tests.reliability.compressed import FASTER
from tests.reliability.paid import paid
from tests.reliability.poster import PATIENCE, Poster
from tests.reliability.table import Result, Table

RUNS, VISITORS = 2000, 6
OWN_FILE = 4
"""Each so manieth visitor brings a speech that the page has never seen."""
PRESSES = 5
"""A machine that is busy asks to try again in a moment."""
POLL_SECONDS = 0.5
EVERY = 100
"""Runs from one measurement to the next."""
WARM = 0.5
"""Share of the runs before which nothing is judged: threads begin, caches fill, the first uploads
get old enough to be removed."""
LIMITS = {"memory": 1.0, "handles": 0.5, "threads": 0.5, "processes": 0.2, "disk": 0.5}
"""Growth for 100 runs: MB, handles, threads, processes, MB. A run's charge stays in the ledger."""
LAUNCHER = Path(__file__).parents[1] / "compressed.py"


@dataclass(frozen=True)
class Size:
    """What the page holds after so many runs; memory and disk in MB."""

    runs: int
    memory: float
    handles: int
    threads: int
    processes: int
    disk: float


def run(seed: int) -> Result:
    return soaked(seed, RUNS, EVERY)


def soaked(seed: int, runs: int, every: int) -> Result:
    """Have visitors make so many runs; measure after each `every`."""
    with (
        tempfile.TemporaryDirectory() as made,
        scripted_api(FIRST.video) as api,
        opened(
            Path(made),
            forked=False,
            script=LAUNCHER,
            **paid(api),
        ) as site,
    ):
        api.balance = 1e6
        began = time.monotonic()
        visits = _Visits(site, api, Path(made), random.Random(seed))
        sizes = [_size(site, 0)]
        ended: Counter[str] = Counter()
        with ThreadPoolExecutor(VISITORS) as threads:
            for first in range(0, runs, every):
                many = min(every, runs - first)
                try:
                    ended.update(threads.map(lambda _: visits.one(), range(many)))
                    visits.all_leave()
                except requests.HTTPError as error:
                    raise AssertionError(site.log()) from error
                sizes.append(_size(site, first + many))
                print(f"{sizes[-1]}, {time.monotonic() - began:.0f} s", flush=True)
        return _judged(sizes, ended, time.monotonic() - began)


class _Visits:
    def __init__(self, site: Site, api: ScriptedApi, folder: Path, chance: random.Random) -> None:
        self._site, self._api, self._folder, self._chance = site, api, folder, chance
        self._numbers = itertools.count()
        self._lock = threading.Lock()
        self._left: list[tuple[Poster, str]] = []

    def one(self) -> str:
        """One visitor, who comes, makes a run, and deletes it, or comes back later to do so."""
        number = next(self._numbers)
        with self._lock:
            stays, own = self._chance.random() < 0.8, number % OWN_FILE == 0
        speech = self._folder / f"speech-{number}{FIRST.speech.suffix}"
        speech.write_bytes(FIRST.speech.read_bytes() + (str(number).encode() if own else b""))
        visitor = Poster(self._site.url)
        visitor.press("page_opened")
        held = {"video-in": visitor.upload(FIRST.video), "audio-in": visitor.upload(speech)}
        speech.unlink()
        for _ in range(PRESSES):
            visitor.press("start", held)
            wanted = str(visitor["run-id"])
            if re.fullmatch(r"[0-9a-f]{32}", wanted):
                break
        else:
            return f"refused: {visitor['findings']}"
        if not stays:
            with self._lock:
                self._left.append((visitor, wanted))
            return "left alone"
        ended = _until_rest(visitor)
        _delete(visitor, wanted)
        return ended

    def all_leave(self) -> None:
        """Whoever left a run comes back to it, and deletes it."""
        while self._left:
            visitor, wanted = self._left.pop()
            _until_rest(visitor)
            _delete(visitor, wanted)
        with self._api.lock:
            # The test's own process is not to grow either.
            self._api.uploads = dict.fromkeys(self._api.uploads, b"")


def _until_rest(visitor: Poster) -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        visitor.poll()
        state = str(visitor["stamp"]).split(" ")[1]
        if state in ("done", "failed", "stopped", "unclear"):
            return state
        time.sleep(POLL_SECONDS)
    return "did not end"


def _delete(visitor: Poster, run: str) -> None:
    visitor.press("delete", {"run-chosen": run})
    visitor.close()


def _size(site: Site, runs: int) -> Size:
    page = psutil.Process(site.pid)
    blocks = {
        (state.st_dev, state.st_ino): state.st_blocks
        for path in (site.folder / "data").rglob("*")
        for state in [path.lstat()]
    }
    return Size(
        runs=runs,
        memory=page.memory_info().rss / 2**20,
        handles=page.num_fds(),
        threads=page.num_threads(),
        processes=len(page.children(recursive=True)),
        disk=sum(blocks.values()) * 512 / 2**20,
    )


def _judged(sizes: Sequence[Size], ended: Counter[str], seconds: float) -> Result:
    warm = [size for size in sizes if size.runs >= WARM * sizes[-1].runs and size.runs]
    read: dict[str, Callable[[Size], float]] = {
        "memory": lambda size: size.memory,
        "handles": lambda size: size.handles,
        "threads": lambda size: size.threads,
        "processes": lambda size: size.processes,
        "disk": lambda size: size.disk,
    }
    rows, missed = [], []
    for what, value in read.items():
        grown = slope([(size.runs, value(size)) for size in warm]) * 100
        most = max(value(size) for size in sizes)
        first, last = value(warm[0]), value(warm[-1])
        cells = [f"{one:.0f}" for one in (value(sizes[0]), first, last, most)]
        unit = " (MB)" if what in ("memory", "disk") else ""
        rows.append((f"{what}{unit}", *cells, f"{grown:+.2f}"))
        if grown > LIMITS[what]:
            missed.append(f"{what} grew by {grown:.2f} for 100 runs")
    told = ", ".join(f"{count} {state}" for state, count in sorted(ended.items()))
    rows.append((f"{sizes[-1].runs} runs in {seconds / 60:.0f} minutes", told, "", "", "", ""))
    if strange := ended.keys() - {"done", "left alone"}:
        missed.append(f"runs ended as {', '.join(sorted(strange))}")
    columns = ("what", "at first", "once warm", "at last", "at most", "for 100 runs")
    return Result(columns, rows, missed)


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line through points by least squares; 0 for a single one."""
    across, up = (sum(axis) / len(points) for axis in zip(*points, strict=True))
    spread = sum((x - across) ** 2 for x, _ in points)
    return sum((x - across) * (y - up) for x, y in points) / spread if spread else 0.0


TABLE = Table(
    "Soak",
    f"{RUNS} runs by visitors who come, upload, wait or leave, and delete, {VISITORS} at once, at "
    f"a scripted API; uploads and sessions get old {FASTER} times as fast. No growth once warm.",
    run,
)
