from __future__ import annotations

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.group import Group, GroupKind, GroupState, Item
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.ui.groups.batch.rows import progress
from tests.unit.run_factory import MakeRun, make_run

__all__ = ["make_run"]

NEARLY_DONE = Estimate(elapsed=18.0, remaining=2.0, runs=3)


@pytest.mark.parametrize(
    ("begun", "concurrency", "said"),
    [
        ([NEARLY_DONE], 1, "about 42 s"),  # the two others take twenty seconds each
        ([NEARLY_DONE, None], 2, "about 21 s"),
        ([None], 1, None),
    ],
)
def test_rows_that_have_not_begun_take_as_long_as_others(
    make_run: MakeRun, begun: list[Estimate | None], concurrency: int, said: str | None
) -> None:
    item = Item(video="v.mp4", audio="a.wav", modes=(SyncMode.LOOP,))
    group = Group(
        id="g" * 32,
        kind=GroupKind.BATCH,
        created_at=now(),
        updated_at=now(),
        state=GroupState.ACTIVE,
        title="Pairs",
        backend="local",
        items=(item, item, item),
        concurrency=concurrency,
    )
    active = make_run(state=RunState.WAITING, timings={})
    runs: list[Run | None] = [active for _ in begun]
    runs += [None] * (3 - len(runs))
    html = progress(group, runs, [*begun, *[None] * (3 - len(begun))])
    assert ("about" in html) is (said is not None)
    assert said is None or said in html
