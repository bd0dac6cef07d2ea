"""Small files that cost much, through every entry point."""

from __future__ import annotations

import tempfile
from pathlib import Path

import psutil

from tests.faults.bombs import BOMBS, VARIATIONS
from tests.reliability.entries import ENTRIES, STILL, outcomes
from tests.reliability.table import Result, Table

MEGABYTE = 1 << 20


def run(seed: int) -> Result:
    del seed  # each bomb is the same every time
    rows, missed = [], []
    here = psutil.Process()
    with tempfile.TemporaryDirectory() as made:
        for name, write in {**BOMBS, **VARIATIONS}.items():
            path = write(Path(made))
            before = here.memory_info().rss
            found = list(outcomes(ENTRIES, path))
            grown = here.memory_info().rss - before
            # Whether it is a still picture is answered of every file, with no.
            kinds = sorted({became for entry, became, _ in found if entry != STILL})
            rows.append(
                (
                    name,
                    f"{path.stat().st_size / 1000:.1f} kB",
                    ", ".join(kinds),
                    f"{max(seconds for _, _, seconds in found):.1f} s",
                    f"{grown / MEGABYTE:.0f} MB",
                )
            )
            missed += [f"{name}: {kind}" for kind in kinds if kind.startswith("foreign")]
            if grown > 50 * MEGABYTE:
                missed.append(f"{name}: the page grew by {grown / MEGABYTE:.0f} MB")
    columns = ("bomb", "size", "became of it", "longest look", "growth of the asking process")
    return Result(columns, rows, missed)


TABLE = Table(
    "Bombs",
    "Each small file through every entry point: refused by its headers, or ended at its allowance; "
    "the process that asks stays as it is.",
    run,
)
