"""When a task will be done, by its pace so far."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from lipsync_demo.runs.steps import wait as wait_step
from lipsync_demo.runs.steps.wait import Wait


def test_a_share_that_stands_still_lets_the_expected_moment_come_nearer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at = [100.0]
    monkeypatch.setattr(wait_step, "time", SimpleNamespace(monotonic=lambda: at[0]))
    claim: Any = SimpleNamespace(progress=None, ends_at=None)
    wait = Wait(claim)

    def told(moment: float, share: float) -> float | None:
        at[0] = moment
        wait._follow(share)
        ends: float | None = claim.ends_at
        return ends

    assert told(100, 0.1) is None
    assert told(104, 0.5) == pytest.approx(104 + 5)
    assert told(108, 0.9) == pytest.approx(108 + 1)
    for moment in (110, 115, 120):
        assert told(moment, 0.9) == pytest.approx(109)
    assert told(120, 0.95) == pytest.approx(120 + 20 * 0.05 / 0.85)
    # Another attempt begins anew.
    told(121, 0.0)
    assert told(123, 0.5) == pytest.approx(123 + 2)
