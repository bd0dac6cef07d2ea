"""Every worker of a parallel run begins with some of the longest tests."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.shares import shared_out

Test = tuple[str, int]


def parted(tests: list[Test], workers: int) -> list[Test]:
    return shared_out(
        tests, workers, module=lambda test: test[0], long=lambda test: test[0].startswith("browser")
    )


def test_both_workers_begin_with_browser_tests() -> None:
    tests = [(f"browser {name}", n) for name in "abcd" for n in range(5)]
    tests += [(f"unit {n // 10}", n) for n in range(80)]
    ordered = parted(tests, 2)
    for piece in (ordered[:50], ordered[50:]):
        assert [test[0].partition(" ")[0] for test in piece] == ["browser"] * 10 + ["unit"] * 40
    assert parted(tests, 1) == tests


@given(st.lists(st.integers(1, 9), max_size=8), st.integers(0, 99), st.integers(1, 5))
def test_no_test_is_lost_and_modules_stay_together(
    sizes: list[int], units: int, workers: int
) -> None:
    tests = [(f"browser {n}", one) for n, size in enumerate(sizes) for one in range(size)]
    tests += [("unit", n) for n in range(units)]
    ordered = parted(tests, workers)
    assert sorted(ordered) == sorted(tests)
    for n, size in enumerate(sizes):
        start = ordered.index((f"browser {n}", 0))
        assert ordered[start : start + size] == [(f"browser {n}", one) for one in range(size)]
