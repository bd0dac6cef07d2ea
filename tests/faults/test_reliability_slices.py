"""Short parts of the long tables of `tests.reliability`; none judges times."""

from __future__ import annotations

import pytest

from tests.reliability.tables import (
    bombs_at_the_page,
    crowd,
    many_waiting,
    soak,
    throughput,
    workers_killed,
)

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
def test_a_crowd_is_answered() -> None:
    small = crowd.Crowd(runs=4, uploads=2, upload_bytes=5 << 20, pages=2, bombs=2)
    result = crowd.measured(small, quiet_seconds=2.0)
    assert [text for text in result.missed if "times as long" not in text] == []
    counted = [row[2] for row in result.rows if row[0] == "large uploads / bombs / polls"]
    assert str(counted[0]).startswith("2 / 2 / ")


@pytest.mark.slow
def test_tasks_outlive_killed_workers_their_broker_and_connections() -> None:
    print(f"seed {SEED}")
    few = workers_killed.Siege(
        jobs=6, workers=2, speeches=(1,), between=2.0, least_kills=3, objects=False
    )
    result = workers_killed.besieged(SEED, few)
    assert result.missed == []
    done = {str(row[0]): row[1] for row in result.rows}
    assert done["tasks submitted, stored, ended"] == "6, 6, 6"


@pytest.mark.slow
def test_what_a_task_asks_is_counted() -> None:
    few = throughput.Load(
        real=(), asleep=(2,), each=2, idle_seconds=1.0, objects=False, seconds=1.0
    )
    result = throughput.measured(few)
    assert [text for text in result.missed if "efficient" not in text] == []
    [row] = result.rows
    told = dict(zip(result.columns, row, strict=True))
    # Claim, media, outcome: more than one, and no storm of questions.
    assert 3 <= float(str(told["transactions a task"])) <= 60
    assert 1 <= float(str(told["Redis commands a task"])) <= 60


@pytest.mark.slow
def test_waiting_runs_are_taken_over_polled_fairly_and_end() -> None:
    few = many_waiting.Queue(runs=40, quiet_seconds=2.0, watched_seconds=4.0)
    result = many_waiting.measured(few)
    assert [text for text in result.missed if "ended" in text or "polls" in text] == []


def test_growth_is_the_slope_of_all_measurements() -> None:
    assert soak.slope([(0, 1.0), (100, 2.0), (200, 3.0)]) == pytest.approx(0.01)
    assert soak.slope([(100, 7.0)]) == 0.0
