"""Short parts of the long tables of `tests.reliability`; none judges times."""

from __future__ import annotations

import pytest

from tests.reliability.tables import bombs_at_the_page, crowd, soak

SEED = 15


@pytest.mark.slow
def test_the_page_stays_as_large_as_it_was_under_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bombs_at_the_page, "QUIET_SECONDS", 1.0)
    result = bombs_at_the_page.measured(rounds=1, at_once=3, later=1)
    assert [text for text in result.missed if "grew" in text] == []
    assert [row[2] for row in result.rows if row[0] == "the bombs' own answers"] == [9]


@pytest.mark.slow
def test_visitors_come_and_go() -> None:
    print(f"seed {SEED}")
    result = soak.soaked(SEED, runs=6, every=3)
    assert [text for text in result.missed if "ended" in text] == []
    handles = next(row for row in result.rows if row[0] == "handles")
    assert int(str(handles[4])) < 60, "connections or files stay open"
    assert "done" in str(result.rows[-1][1])


@pytest.mark.slow
def test_a_crowd_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "LOOK_SECONDS", 0.5)
    small = crowd.Crowd(runs=4, uploads=2, upload_bytes=5 << 20, pages=2, bombs=2)
    result = crowd.measured(small, quiet_seconds=2.0)
    assert [text for text in result.missed if "times as long" not in text] == []
    counted = [row[2] for row in result.rows if row[0] == "large uploads / bombs / polls"]
    assert str(counted[0]).startswith("2 / 2 / ")


def test_growth_is_the_slope_of_all_measurements() -> None:
    assert soak.slope([(0, 1.0), (100, 2.0), (200, 3.0)]) == pytest.approx(0.01)
    assert soak.slope([(100, 7.0)]) == 0.0
