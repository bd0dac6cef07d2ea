"""Charges by the task's bill, also a late one, and by the balance only without one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.runs.record.cost import Charge
from lipsync_demo.runs.record.ledger_line import Line, LineState, as_csv
from lipsync_demo.runs.record.run import Run, RunState, dump_run, load_run
from lipsync_demo.runs.storage import ledger as module
from lipsync_demo.runs.upkeep.bills import EVERY_SECONDS, Bills
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.conftest import eventually
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.runs.storage.test_run_table import make_run

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
SESSION = "5" * 32
PRICE = Decimal("0.05")
BILLED = Charge(PRICE, Decimal(0), "billing")
REFUNDED = Charge(PRICE, PRICE, "billing")


def one_line(work: Workspace) -> Line:
    (line,) = work.ledger.lines()
    return line


def test_overlapping_runs_are_each_charged_by_their_own_bill(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    begun = [
        work.service.start(clip, speech, mode, session=SESSION).id for mode in ("loop", "remap")
    ]
    eventually(lambda: api.submits == 2, "both are sent")
    api.gates["look"].open()
    done = [work.service.wait(run_id) for run_id in begun]
    assert [run.charge for run in done] == [BILLED, BILLED]
    assert [line.charge for line in work.ledger.lines(SESSION)] == [BILLED, BILLED]
    assert work.ledger.spent(session=SESSION) == 2 * PRICE


def test_micro_dollars_are_known_by_the_quote(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.bill_unit = 1_000_000
    assert work.service.wait(work.service.start(clip, speech, "loop").id).charge == BILLED


@pytest.mark.parametrize("unit", [None, 100])
def test_without_a_believable_bill_the_balance_tells_and_is_named(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, unit: int | None
) -> None:
    api.bill_unit = unit
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.charge == Charge(PRICE, Decimal(0), "balance")
    assert one_line(work).charge == run.charge
    row = as_csv(work.ledger.lines()).splitlines()[1]
    assert row.endswith(",0,balance,sync/lipsync-1.9.0-beta")


def test_a_bill_that_comes_late_replaces_the_balance(
    work: Workspace, api: ScriptedApi, settings: Settings, clip: Path, speech: Path
) -> None:
    api.late_bills = 1
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.charge is not None
    assert run.charge.source == "balance"
    job = Bills(settings, work.runs, work.ledger)
    assert job.step() == EVERY_SECONDS
    assert work.runs.get(run.id).charge == BILLED
    assert one_line(work).charge == BILLED
    text = (run.folder / "run.json").read_text()
    assert '"billing"' in text


def test_a_failed_task_is_asked_for_until_its_refund_has_come(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.statuses = ["failed"]
    run = work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    assert (run.state, run.charge) == (RunState.FAILED, BILLED)
    line = one_line(work)
    assert (line.state, line.charge, line.refunded) == (LineState.REFUND, BILLED, False)
    work.bills.settle(session=SESSION)
    assert one_line(work).charge == BILLED
    assert run.prediction_id is not None
    api.refunded.add(run.prediction_id)
    work.bills.settle(session=SESSION)
    line = one_line(work)
    assert (line.charge, line.refunded) == (REFUNDED, True)
    assert work.runs.get(run.id).charge == REFUNDED
    asked = api.counts["bill"]
    work.bills.settle(session=SESSION)
    assert api.counts["bill"] == asked


def test_a_limit_counts_what_was_billed_and_refunded(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.prices = (0.025, 0.05)
    run = work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    assert work.ledger.spent(session=SESSION) == PRICE
    assert run.prediction_id is not None
    api.refunded.add(run.prediction_id)
    work.bills.settle()
    assert work.ledger.spent(session=SESSION) == 0


def test_a_finished_task_is_asked_for_no_more_after_some_hours(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.service.wait(work.service.start(clip, speech, "loop").id)
    later = datetime.now(timezone.utc) + timedelta(hours=3, seconds=1)
    monkeypatch.setattr(module, "now", lambda: later)
    assert len(work.ledger.unbilled("environment")) == 1
    work.bills.settle()
    assert work.ledger.unbilled("environment") == []


def test_a_visitor_s_bills_are_asked_for_with_no_other_key(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.late_bills = 1
    run = work.service.wait(
        work.service.start(clip, speech, "loop", session=SESSION, api_key=SecretStr(KEY)).id
    )
    asked = api.counts["bill"]
    work.bills.settle(session=SESSION)
    assert api.counts["bill"] == asked
    work.bills.settle(SecretStr(KEY), SESSION)
    assert work.runs.get(run.id).charge == BILLED


def test_a_server_without_bills_is_not_asked_for_ever(
    work: Workspace, api: ScriptedApi, settings: Settings, clip: Path, speech: Path
) -> None:
    api.bill_unit = None
    work.service.wait(work.service.start(clip, speech, "loop").id)
    assert Bills(settings, work.runs, work.ledger).step() is None


def test_nothing_is_asked_when_nothing_is_open(
    work: Workspace, api: ScriptedApi, settings: Settings
) -> None:
    assert Bills(settings, work.runs, work.ledger).step() == EVERY_SECONDS
    assert api.counts["bill"] == 0


def test_a_bill_of_a_deleted_run_still_reaches_the_ledger(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.late_bills = 1
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    work.service.delete(run.id)
    work.bills.settle()
    assert one_line(work).charge == BILLED


def test_a_record_of_an_earlier_version_keeps_its_charge(settings: Settings) -> None:
    run: Run = make_run(settings.runs_dir, id="a" * 32)
    record = dump_run(run) | {"charge": "0.05"}
    assert load_run(record, run.folder).charge == Charge(PRICE, Decimal(0), "balance")
