from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.ui.studio.waiting_events import credible
from tests.unit.run_factory import MakeRun


@pytest.mark.parametrize(
    ("spent", "changes", "taken"),
    [
        (6.8, {}, True),
        # A browser that shows the picture before the run ended, or after this moment.
        (2.0, {}, False),
        (4000.0, {}, False),
        (float("nan"), {}, False),
        (float("inf"), {}, False),
        # What was measured stands.
        (6.8, {"timings": {"total": 6.0, "picture": 7.0}}, False),
        (6.8, {"timings": {}}, False),
        (6.8, {"state": RunState.FAILED}, False),
    ],
)
def test_only_a_wait_that_can_be_true_is_recorded_and_once(
    make_run: MakeRun, spent: float, changes: dict[str, Any], taken: bool
) -> None:
    run = make_run(started_at=now() - timedelta(seconds=60), **changes)
    assert credible(run, spent) is taken
