"""Damaged files of 16 formats, through every entry point."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from tests.faults.mutations import mutations, whole_files
from tests.reliability.entries import ENTRIES, counted, outcomes
from tests.reliability.table import Result, Table

FILES = 2000


def run(seed: int, files: int = FILES) -> Result:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    slowest: dict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        whole = folder / "whole"
        whole.mkdir()
        for path in mutations(whole_files(whole), folder, seed, files):
            for name, became, seconds in outcomes(ENTRIES, path):
                found[name][became] += 1
                slowest[name] = max(slowest[name], seconds)
            for left in folder.glob(f"{path.name}*"):
                left.unlink()
    rows = [
        (name, sum(seen.values()), *counted(seen), f"{slowest[name]:.1f} s")
        for name, seen in found.items()
    ]
    missed = [
        f"{name}: {became}, {count} times"
        for name, seen in found.items()
        for became, count in seen.items()
        if became.startswith("foreign")
    ]
    columns = ("entry point", "files", "taken", "refused", "too heavy", "decoder failed")
    return Result((*columns, "foreign exceptions", "longest"), rows, missed)


TABLE = Table(
    "Mutated media",
    f"{FILES:,} damaged files of 16 formats through every entry point: each is taken or refused "
    "with a sentence; a decoder that fails takes its own process with it, never the page.",
    run,
)
