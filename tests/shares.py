"""An order of the tests in which each worker of a parallel run begins with some of the longest.

Each worker gets an equal number of them, one after the other, and takes from the end of another's
when it has done its own.  Browser tests take most of the time; in one piece they would be one
worker's alone, and the others would idle at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TypeVar

T = TypeVar("T")


def shared_out(
    tests: Sequence[T], workers: int, *, module: Callable[[T], object], long: Callable[[T], bool]
) -> list[T]:
    """`tests` in as many pieces as there are workers, with whole modules of long ones first.

    A module's tests stay together, as they share what is slow to make.
    """
    if workers < 2:
        return list(tests)
    groups = [list(group) for _, group in groupby(tests, key=module)]
    pieces: list[list[T]] = [[] for _ in range(workers)]
    # The largest first: then the pieces differ by less than the smallest.
    for group in sorted((g for g in groups if any(map(long, g))), key=len, reverse=True):
        min(pieces, key=len).extend(group)
    quick = [test for group in groups if not any(map(long, group)) for test in group]
    ordered: list[T] = []
    for left, piece in zip(range(workers, 0, -1), pieces, strict=True):
        size = max(0, (len(tests) - len(ordered)) // left - len(piece))
        ordered += [*piece, *quick[:size]]
        del quick[:size]
    return ordered + quick
