"""What a stranger's file does to the page: nothing. `tests.reliability` has the long part."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.faults.bombs import BOMBS
from tests.faults.mutations import FORMATS, mutations, whole_files
from tests.reliability.entries import QUICK, outcomes
from tests.reliability.table import Result, Table, placed, written

SEED = 15
MOST_GROWTH = 50 << 20
"""Bytes by which the process that asks may grow, for answers and what it remembers."""
AT_ONCE = [name for name in BOMBS if "untold" not in name]


@pytest.mark.parametrize("name", AT_ONCE)
def test_a_bomb_is_refused_at_once(name: str, tmp_path: Path) -> None:
    path = BOMBS[name](tmp_path)
    before = psutil.Process().memory_info().rss
    assert {became for _, became, _ in outcomes(QUICK, path)} <= {"too heavy", "refused"}
    assert psutil.Process().memory_info().rss - before < MOST_GROWTH


def test_damaged_files_are_taken_or_refused(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    whole = tmp_path / "whole"
    whole.mkdir()
    files = whole_files(whole)
    assert len(files) == len(FORMATS) == 19
    found: Counter[str] = Counter()
    for path in mutations(files, tmp_path, SEED, 2 * len(FORMATS)):
        found.update(became for _, became, _ in outcomes(QUICK, path))
    assert found.keys() <= {"taken", "refused", "too heavy", "decoder failed"}, found
    assert found["taken"]
    assert found["refused"]


def test_a_table_takes_its_place_in_the_document() -> None:
    table = Table("Bombs", "None works.", lambda _: Result(("bomb",), [("a",)]))
    first = placed("", "bombs", written(table, table.run(1), 1))
    second = placed(first, "bombs", written(table, Result(("bomb",), [("b",)], ["b works"]), 2))
    assert second.count("## Bombs") == 1
    assert "| b |" in second
    assert "Missed: b works" in second
    assert "| a |" not in second
