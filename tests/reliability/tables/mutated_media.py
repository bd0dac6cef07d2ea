"""Damaged files of 19 formats, through every entry point."""

from __future__ import annotations

import random
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

from lipsync_demo.looks.kinds import EXAMINING, LONG, MAKING, QUICK
from tests.faults.mutations import FORMATS, mutations, whole_files
from tests.reliability import entries
from tests.reliability.entries import ENTRIES, counted, outcomes
from tests.reliability.table import Result, Table

FILES = 2000
"""Files, each of which meets what an upload meets at once."""
MORE = 320
"""Files of each further entry point, chosen by the seed."""
AT_ONCE = 2
"""Files that are looked at side by side, as many as there are places for quick looks."""
GROWTH = 50 << 20
"""Bytes by which the process that asks may grow."""

_Entry = Callable[[Path], object]


class Tally:
    """What became of files at each entry point."""

    def __init__(self) -> None:
        self.found: dict[str, Counter[str]] = defaultdict(Counter)
        self.slowest: dict[str, float] = defaultdict(float)
        self.odd: list[str] = []
        self._lock = threading.Lock()

    def take(self, path: Path, through: Mapping[str, _Entry]) -> None:
        """Send a file through these entry points, then remove it and what was made of it."""
        for name, became, seconds in outcomes(through, path):
            with self._lock:
                self.found[name][became] += 1
                self.slowest[name] = max(self.slowest[name], seconds)
                if became.startswith("foreign"):
                    self.odd.append(f"{name}: {became}, {path.name}")
        for left in path.parent.glob(f"{path.name}*"):
            left.unlink()


def run(seed: int, files: int = FILES, more: int = MORE) -> Result:
    tally, chance = Tally(), random.Random(seed)
    further = [name for name in ENTRIES if name not in entries.QUICK]
    chosen = {name: set(chance.sample(range(files), min(more, files))) for name in further}
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(AT_ONCE) as looking:
        whole = Path(made) / "whole"
        whole.mkdir()
        waiting = threading.Semaphore(2 * AT_ONCE)
        wholes = whole_files(whole)
        before = psutil.Process().memory_info().rss
        for number, path in enumerate(mutations(wholes, Path(made), seed, files)):
            through = dict(entries.QUICK)
            through |= {name: ENTRIES[name] for name in further if number in chosen[name]}
            waiting.acquire()
            done = looking.submit(tally.take, path, through)
            done.add_done_callback(lambda _: waiting.release())
    grown = psutil.Process().memory_info().rss - before
    names = [name for name in ENTRIES if name in tally.found]
    rows: list[tuple[object, ...]] = [
        (
            name,
            tally.found[name].total(),
            *counted(tally.found[name]),
            f"{tally.slowest[name]:.1f} s",
        )
        for name in names
    ]
    rows.append(("growth of the asking process", f"{grown / 2**20:+.0f} MB", *[""] * 7))
    missed = sorted(set(tally.odd))
    missed += [
        f"{name}: a look took {tally.slowest[name]:.0f} s"
        for name in names
        if tally.slowest[name] > _clock(name)
    ]
    missed += [f"the page grew by {grown / 2**20:.0f} MB"] if grown > GROWTH else []
    columns = ("entry point", "files", "taken", "refused", "too heavy", "decoder failed")
    return Result((*columns, "machine busy", "foreign exceptions", "longest"), rows, missed)


def _clock(name: str) -> float:
    """Seconds within which an entry point ends, if no other look is before it."""
    first = QUICK.allowance.wall + LONG.allowance.wall
    if name in entries.QUICK or name == entries.STILL:
        return AT_ONCE * first
    kind = EXAMINING if name.startswith("doctor") else MAKING
    return AT_ONCE * (first + kind.allowance.wall)


TABLE = Table(
    "Mutated media",
    f"{FILES:,} damaged files of {len(FORMATS)} formats: bytes flipped, cut, repeated and joined, "
    "heads exchanged, titles that are no UTF-8, and the fields of boxes, chunks, elements and "
    "packets set to what they cannot be. Each meets what an upload meets at once, and a choice of "
    f"{MORE} each further entry point: it is taken or refused with a sentence; a decoder that "
    "fails takes its own process with it, never the page.",
    run,
)
