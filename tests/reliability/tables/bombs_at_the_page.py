"""What other visitors notice while small files that cost much are thrown at the page."""

from __future__ import annotations

import itertools
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tests.browser.site import Site, opened
from tests.faults.bombs import BOMBS, Bomb
from tests.reliability.poster import Poster
from tests.reliability.table import Result, Table
from tests.reliability.watching import (
    ACTION,
    BARE,
    HEALTH,
    Span,
    end_of,
    middle,
    milliseconds,
    span,
    watched,
)

BOMBS_AT_ONCE = 20
HEALTH_LIMIT = 0.1
ACTION_LIMIT = 1.3
GROWTH_LIMIT = 20 << 20
"""Bytes by which the page may grow after the first bombs, however many follow."""
ROUNDS, LATER_ROUNDS = 2, 10
QUIET_SECONDS = 12.0
SLOWEST = "3 hours of FLAC, untold"
"""Each look at this one takes its whole allowance."""
NAMES = {
    HEALTH: "`/healthz`",
    ACTION: "choosing a mode with ordinary files",
    BARE: "a server that does nothing, for comparison",
}


def run(seed: int) -> Result:
    del seed  # each bomb is the same every time
    return measured(ROUNDS, BOMBS_AT_ONCE, LATER_ROUNDS)


def measured(rounds: int, at_once: int, later: int) -> Result:
    """`rounds` of quiet and of bombs, so many at once, by turns; then `later` ones for memory."""
    with tempfile.TemporaryDirectory() as made, opened(Path(made), forked=False) as site:
        return _measured(site, Path(made), rounds, at_once, later)


def _measured(site: Site, folder: Path, rounds: int, at_once: int, later: int) -> Result:
    page = psutil.Process(site.pid)
    took: list[float] = []
    sent = itertools.count(1)
    quiet: list[Span] = []
    loud: list[Span] = []

    def throw(bombs: Sequence[Bomb]) -> None:
        made = [_made(bomb, folder / str(next(sent))) for bomb in bombs]
        throwing = [threading.Thread(target=_thrown, args=(site.url, path, took)) for path in made]
        for one in throwing:
            one.start()
        for one in throwing:
            one.join()

    every = [*BOMBS.values(), *BOMBS.values()][:at_once]
    with watched(site.url, folder / "bare", (HEALTH, ACTION, BARE)) as asking:
        for _ in range(rounds):
            quiet.append(span(lambda: time.sleep(QUIET_SECONDS)))
            loud.append(span(lambda: throw(every)))
    rows, missed = [], []
    for kind, name in NAMES.items():
        idle, meanwhile = asking[kind].seconds(quiet), asking[kind].seconds(loud)
        ratio = middle(meanwhile) / middle(idle)
        end = end_of(meanwhile, 0.99)
        rows.append(
            (
                name,
                len(idle),
                len(meanwhile),
                milliseconds(middle(idle), middle(meanwhile)),
                f"{ratio:.2f}",
                milliseconds(end_of(idle, 0.99), end),
            )
        )
        if kind == HEALTH and end > HEALTH_LIMIT:
            missed.append(f"{name} took {1000 * end:.0f} ms (99 %)")
        if kind == ACTION and ratio > ACTION_LIMIT:
            missed.append(f"{name} took {ratio:.2f} times as long")
    rows.append(("the bombs' own answers", "", len(took), "", "", f"{max(took):.1f} s at most"))
    sizes = [page.memory_info().rss]
    light = [bomb for name, bomb in BOMBS.items() if name != SLOWEST]
    for _ in range(later):
        throw((light * 2)[:at_once])
        sizes.append(page.memory_info().rss)
    grown = sizes[-1] - sizes[0]
    bombs = f"memory of the page, {later * at_once} further bombs"
    steps = ", ".join(f"{(size - sizes[0]) / 2**20:+.0f}" for size in sizes[1:])
    rows.append((bombs, f"{sizes[0] >> 20} MB", f"{sizes[-1] >> 20} MB", "", "", f"{steps} MB"))
    if grown > GROWTH_LIMIT:
        missed.append(f"the page grew by {grown / 2**20:.0f} MB")
    columns = ("what", "idle", "meanwhile", "median, idle / meanwhile", "ratio", "99 %")
    return Result(columns, rows, missed)


def _made(write: Bomb, folder: Path) -> Path:
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


TABLE = Table(
    "Bombs at the page",
    f"{BOMBS_AT_ONCE} bombs by as many sessions at once, each three times, and quiet by turns: "
    "`/healthz` within 100 ms (99 %), an action of another visitor within 1.3 times its idle time "
    f"(median), and the page's memory flat over {LATER_ROUNDS * BOMBS_AT_ONCE} further bombs.",
    run,
)
