"""What a visitor notices of a crowd: waiting runs, large uploads, open pages and bombs at once."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil

from lipsync_demo.ui.inputs.samples import FIRST
from tests.browser.site import opened
from tests.faults.bombs import BOMBS
from tests.faults.scripted_api import ScriptedApi, scripted_api
from tests.reliability.paid import paid
from tests.reliability.polling import as_elsewhere, polled
from tests.reliability.poster import Poster
from tests.reliability.table import Result, Table
from tests.reliability.tables.bombs_at_the_page import SLOWEST
from tests.reliability.watching import (
    BARE,
    NAMES,
    Span,
    Watching,
    end_of,
    middle,
    milliseconds,
    span,
    until,
    watched,
)

TURNS = 2
QUIET_SECONDS = 20.0
UPLOADS_AT_ONCE, STARTERS = 4, 8
PRESSES = 5
RATIO_LIMIT = 1.5
GROWTH_LIMIT = 50 << 20
END_SECONDS = 1800.0


@dataclass(frozen=True)
class Crowd:
    """How many of each, and bytes of an upload."""

    runs: int = 1000
    uploads: int = 50
    upload_bytes: int = 100 << 20
    pages: int = 200
    bombs: int = 20


def run(seed: int) -> Result:
    del seed  # nothing is random
    return measured(Crowd(), QUIET_SECONDS)


def measured(crowd: Crowd, quiet_seconds: float) -> Result:
    """Quiet and a crowd by turns, all beside the waiting runs; then the runs end."""
    with (
        tempfile.TemporaryDirectory() as made,
        scripted_api(FIRST.video) as api,
        opened(
            Path(made),
            forked=False,
            **paid(api),
        ) as site,
    ):
        api.balance, api.statuses = 1e6, ["processing"]
        page, done = psutil.Process(site.pid), _Done()
        visitors = _started(site.url, crowd.runs, done)
        until(lambda: len(api.tasks) >= crowd.runs, "not every run was submitted", END_SECONDS)
        before = page.memory_info().rss
        quiet: list[Span] = []
        loud: list[Span] = []
        files = count()
        with (
            watched(site.url, Path(made) / "bare", tuple(NAMES)) as asking,
            polled(site.url, [one["run-id"] for one in visitors], crowd.pages) as polling,
        ):
            for _ in range(TURNS):
                quiet.append(span(lambda: time.sleep(quiet_seconds)))
                polling.go_on()
                share = Crowd(
                    uploads=-(-crowd.uploads // TURNS),
                    upload_bytes=crowd.upload_bytes,
                    bombs=-(-crowd.bombs // TURNS),
                )
                folder = Path(made) / f"turn-{next(files)}"
                folder.mkdir()
                loud.append(span(lambda s=share, f=folder: _thronged(site.url, s, f, done)))
                polling.pause()
        done.polls, refused = polling.polls, polling.failed
        done.failed += [f"a poll: {error}" for error in refused]
        grown = page.memory_info().rss - before
        ended = _ended(api, visitors)
        return _judged(asking, (quiet, loud), grown, done, (ended, crowd.runs))


class _Done:
    """What the crowd was answered."""

    def __init__(self) -> None:
        self.polls = self.uploads = self.bombs = 0
        self.failed: list[str] = []


def _started(url: str, runs: int, done: _Done) -> list[Poster]:
    """Visitors whose last run waits at the API, with so many runs in all."""
    starters = [Poster(url) for _ in range(min(STARTERS, runs))]

    def start(number: int) -> None:
        for one in range(number, runs, len(starters)):
            for _ in range(PRESSES):
                starters[number].press("start")
                if starters[number]["run-id"]:
                    break
            else:
                done.failed.append(f"run {one} was refused: {starters[number]['findings']}")

    with ThreadPoolExecutor(len(starters)) as threads:
        list(threads.map(start, range(len(starters))))
    return starters


def _thronged(url: str, crowd: Crowd, folder: Path, done: _Done) -> None:
    light = [bomb for name, bomb in BOMBS.items() if name != SLOWEST] * 2

    def upload(number: int) -> None:
        path = folder / f"large-{number}.mp4"
        _write_large(path, crowd.upload_bytes, number)
        visitor = Poster(url)
        visitor.change_mode(video=visitor.upload(path)).raise_for_status()
        path.unlink()
        done.uploads += 1

    def throw(number: int) -> None:
        (folder / str(number)).mkdir()
        path = light[number % len(light)](folder / str(number))
        with path.open("ab") as file:
            file.write(str(path).encode())
        visitor = Poster(url)
        held = visitor.upload(path)
        visitor.change_mode(video=held, speech=held)
        done.bombs += 1

    with (
        ThreadPoolExecutor(UPLOADS_AT_ONCE, initializer=as_elsewhere) as large,
        ThreadPoolExecutor(crowd.bombs, initializer=as_elsewhere) as small,
    ):
        acts = [large.submit(upload, number) for number in range(crowd.uploads)]
        acts += [small.submit(throw, number) for number in range(crowd.bombs)]
        done.failed += [f"{error}" for act in acts if (error := act.exception()) is not None]


def _write_large(path: Path, size: int, number: int) -> None:
    """A video that plays, with a box behind it that players skip and the disk does not hold."""
    whole = FIRST.video.read_bytes()
    rest = size - len(whole)
    with path.open("wb") as file:
        file.write(whole + rest.to_bytes(4, "big") + b"free" + str(number).encode())
        file.truncate(size)


def _ended(api: ScriptedApi, visitors: list[Poster]) -> int:
    """How many runs end once the API has a result for each."""
    api.statuses = ["completed"]
    until(
        lambda: api.counts["output"] >= len(api.tasks),
        "not every output was downloaded",
        END_SECONDS,
    )
    for visitor in visitors:
        visitor.poll()
    return api.counts["output"]


def _judged(
    asking: dict[str, Watching],
    spans: tuple[list[Span], list[Span]],
    grown: int,
    done: _Done,
    ended: tuple[int, int],
) -> Result:
    rows: list[tuple[object, ...]] = []
    missed = [f"{len(done.failed)} failed: {done.failed[0]}"] if done.failed else []
    for kind, name in NAMES.items():
        quiet, loud = (asking[kind].seconds(one) for one in spans)
        ends = end_of(quiet, 0.95), end_of(loud, 0.95)
        ratio = ends[1] / ends[0]
        times = milliseconds(middle(quiet), middle(loud)), milliseconds(*ends)
        rows.append((name, len(quiet), len(loud), *times, f"{ratio:.2f}"))
        if kind != BARE and ratio > RATIO_LIMIT:
            missed.append(f"{name} took {ratio:.2f} times as long (95 %)")
    counted = f"{done.uploads} / {done.bombs} / {done.polls}"
    rows += [
        ("runs that waited, and ended", "", f"{ended[0]} of {ended[1]}", "", "", ""),
        ("large uploads / bombs / polls", "", counted, "", "", ""),
        ("memory of the page", "", f"{grown / 2**20:+.0f} MB", "", "", ""),
    ]
    if ended[0] != ended[1]:
        missed.append(f"{ended[0]} of {ended[1]} runs ended")
    if grown > GROWTH_LIMIT:
        missed.append(f"the page grew by {grown / 2**20:.0f} MB")
    columns = ("what", "quiet", "crowd", "median", "95 %", "ratio of the 95 %")
    return Result(columns, rows, missed)


def goal(crowd: Crowd) -> str:
    """What the table has to show for a crowd of this size."""
    return (
        f"Beside {crowd.runs} runs that wait at a scripted API: quiet, and a crowd, by turns, of "
        f"{crowd.uploads} uploads of {crowd.upload_bytes >> 20} MB, {crowd.pages} pages that poll "
        f"and {crowd.bombs} bombs. All done, the 95 % within {RATIO_LIMIT} times, memory flat."
    )


TABLE = Table("Crowd", goal(Crowd()), run)
