"""kill -9 at random moments: `tests.reliability` has the long part."""

from __future__ import annotations

import pytest

from tests.reliability.tables.kills import KILLS, killed, plan, result

pytestmark = pytest.mark.slow

SEED = 15


def test_what_is_killed_loses_nothing() -> None:
    assert len(plan(SEED, KILLS)) == 100
    chosen = plan(SEED, {"app": 1, "look": 1, "backend": 0, "worker": 0})
    found = list(killed(chosen, SEED))
    assert result(found).missed == []
    assert {one.victim for one in found} == {"app", "look"}
