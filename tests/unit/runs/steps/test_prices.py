"""Quotes, spend limits under concurrency, and the ledger."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from lipsync_demo.access.asker import Asker
from lipsync_demo.runs.record.cost import Charge, Quote
from lipsync_demo.runs.record.ledger_line import LineState, as_csv
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.share import Share
from lipsync_demo.runs.steps.prices import amount
from lipsync_demo.runs.storage import ledger as module
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.database.racing import at_once
from tests.unit.runs.steps.reserving import reserves
from tests.unit.runs.storage.test_run_table import make_run

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
SESSION = "5" * 32


def quoted(run: Run, amount: str) -> Run:
    quote = Quote(Decimal(amount), "USD", floor=False, at=datetime.now(timezone.utc))
    return replace(run, quote=quote)


def test_a_run_is_quoted_charged_and_written_down(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    run = work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    assert run.quote is not None
    assert (run.quote.amount, run.quote.currency, run.quote.floor) == (
        Decimal("0.05"),
        "USD",
        False,
    )
    assert run.charge == Charge(Decimal("0.05"), Decimal(0), "billing")
    assert api.counts["balance"] == 1
    (line,) = work.ledger.lines(SESSION)
    assert (line.state, line.quoted, line.charge) == (
        LineState.SPENT,
        run.quote.amount,
        run.charge,
    )
    assert line.task == run.prediction_id
    assert work.ledger.lines("6" * 32) == []
    text = as_csv(work.ledger.lines())
    assert KEY not in text
    assert run.id not in text
    assert text.splitlines()[0].startswith("time,run,mode,key,quoted")


def test_a_quote_that_is_the_floor_is_named_so(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.prices = (0.025, 0.025)
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.quote is not None
    assert run.quote.floor


def test_the_server_s_limit_refuses_before_anything_is_sent(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service(settings.model_copy(update={"spend_limit": Decimal("0.08")}))
    assert work.service.wait(work.service.start(clip, speech, "loop").id).state is RunState.DONE
    refused = work.service.wait(work.service.start(clip, speech, "remap").id)
    assert refused.state is RunState.FAILED
    assert refused.error is not None
    assert "0.05 of this server's for 24 hours limit of 0.08" in refused.error.what
    assert "nothing is billed" in refused.error.hint
    assert refused.submits == 0
    assert api.submits == 1
    assert work.ledger.spent(key="environment") == Decimal("0.05")


def test_a_session_s_limit_can_be_raised_and_the_run_resumed(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work.ledger.set_limit(SESSION, Decimal("0.01"))
    refused = work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    assert refused.state is RunState.FAILED
    other = work.service.wait(work.service.start(clip, speech, "loop", session="6" * 32).id)
    assert other.state is RunState.DONE
    work.ledger.set_limit(SESSION, Decimal(1))
    assert work.service.wait(work.service.resume(refused.id).id).state is RunState.DONE
    assert api.submits == 2
    work.ledger.set_limit(SESSION, None)
    assert work.ledger.limit(SESSION) is None


def test_without_a_quote_a_limit_holds_and_no_limit_lets_go(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["price"] = [(403, {})] * 4
    run = work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    assert (run.state, run.quote) == (RunState.DONE, None)
    api.refusals["price"] = [(403, {})] * 4
    work.ledger.set_limit(SESSION, Decimal(5))
    held = work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    assert held.state is RunState.FAILED
    assert held.error is not None
    assert "does not say what this run costs" in held.error.what
    assert api.submits == 1


def test_a_refused_request_is_released_and_a_failed_task_refunded(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.refusals["submit"] = [(400, {})]
    work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    api.statuses = ["failed"]
    work.service.wait(work.service.start(clip, speech, "loop", session=SESSION).id)
    states = [line.state for line in work.ledger.lines(SESSION)]
    assert states == [LineState.REFUND, LineState.RELEASED]
    assert work.ledger.spent(session=SESSION) == 0


def test_many_at_once_never_go_beyond_a_limit(work: Workspace, settings: Settings) -> None:
    made = [
        quoted(make_run(settings.runs_dir, id=f"{n:032x}", session=SESSION), "0.30")
        for n in range(12)
    ]
    ledgers = [Ledger(work.runs.database) for _ in made]
    reached: list[object] = []
    start = threading.Barrier(len(made))

    def reserve(n: int) -> None:
        start.wait()
        reached.append(ledgers[n].reserve(made[n], None, Decimal(1)))

    threads = [threading.Thread(target=reserve, args=(n,)) for n in range(len(made))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(r is None for r in reached) == 3
    assert ledgers[0].spent(session=SESSION) == Decimal("0.90")


def test_runs_that_were_only_admitted_keep_no_other_from_what_is_left(
    work: Workspace, settings: Settings
) -> None:
    """Admitted with the least they cost, at once; two of their quotes fit the limit."""
    limit, share = Decimal("0.12"), Share(by=Asker(visitor="anna"))
    made = [
        quoted(make_run(settings.runs_dir, id=f"{n:032x}", session=SESSION), "0.05")
        for n in range(3)
    ]
    ledger = work.ledger
    for run in made:
        assert ledger.admit(run, Decimal("0.025"), limit, share) is None
    reached = [ledger.reserve(run, None, limit, share) for run in made]
    assert [r is None for r in reached] == [True, True, False]
    assert reached[2] is not None
    assert reached[2].spent == Decimal("0.10")
    # Nobody else is admitted to what the third may still take.
    other = make_run(settings.runs_dir, id="f" * 32, session=SESSION)
    assert ledger.admit(other, Decimal("0.025"), limit, share) is not None


@pytest.mark.parametrize("whose", ["session", "server"])
def test_four_processes_of_five_threads_never_go_beyond_a_limit_for_ten(
    work: Workspace, settings: Settings, whose: str
) -> None:
    if whose == "session":
        work.ledger.set_limit(SESSION, Decimal(3))
    url = settings.runs_database_url
    refused = [one for each in at_once(4, reserves, url, whose, SESSION) for one in each]
    assert sorted(refused) == [False] * 10 + [True] * 10
    assert work.ledger.spent(key="environment") == Decimal(3)


def test_the_server_s_day_rolls_on(
    work: Workspace, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = work.ledger
    assert (
        ledger.reserve(quoted(make_run(settings.runs_dir, id="a" * 32), "1"), None, Decimal(1))
        is None
    )
    second = quoted(make_run(settings.runs_dir, id="b" * 32), "1")
    assert ledger.reserve(second, None, Decimal(1)) is not None
    later = datetime.now(timezone.utc) + timedelta(hours=24, seconds=1)
    monkeypatch.setattr(module, "now", lambda: later)
    assert ledger.reserve(second, None, Decimal(1)) is None


def test_a_charge_that_others_may_have_made_is_not_claimed(
    work: Workspace, settings: Settings
) -> None:
    ledger = work.ledger
    first = quoted(make_run(settings.runs_dir, id="a" * 32, submits=0), "1")
    second = quoted(make_run(settings.runs_dir, id="b" * 32, submits=0), "1")
    ledger.reserve(first, Decimal(10), None)
    ledger.reserve(second, Decimal(10), None)
    for run in (first, second):
        sent = replace(run, submits=1)
        assert ledger.settle(sent, LineState.SPENT, balance=Decimal(8)) is None


def test_a_charge_is_noted_once_and_never_from_a_topped_up_account(
    work: Workspace, settings: Settings
) -> None:
    ledger = work.ledger
    first = quoted(make_run(settings.runs_dir, id="a" * 32, submits=0), "1")
    ledger.reserve(first, Decimal(10), None)
    sent = replace(first, submits=1)
    one = Charge(Decimal(1), Decimal(0), "balance")
    assert ledger.settle(sent, LineState.SPENT, balance=Decimal(9)) == one
    assert ledger.settle(sent, LineState.SPENT, balance=Decimal(4)) == one
    second = quoted(make_run(settings.runs_dir, id="b" * 32, submits=0), "1")
    ledger.reserve(second, Decimal(9), None)
    again = replace(second, submits=1)
    assert ledger.settle(again, LineState.SPENT, balance=Decimal(20)) is None
    assert [line.charge for line in ledger.lines()] == [None, one]


@pytest.mark.parametrize("typed", ["", "x", "NaN", "inf", "-1", "1e9", "1;2"])
def test_what_is_no_amount_is_no_limit(typed: str) -> None:
    assert amount(typed) is None


def test_an_amount_has_a_point_or_a_comma() -> None:
    assert amount(" 2,50 ") == amount("2.5") == Decimal("2.5")


def test_a_run_stopped_before_it_is_sent_sets_nothing_aside(
    work: Workspace, settings: Settings
) -> None:
    ledger = work.ledger
    run = quoted(make_run(settings.runs_dir, id="a" * 32, submits=0, state=RunState.UPLOADING), "1")
    work.runs.add(run, None)
    ledger.reserve(run, None, None)
    assert ledger.spent(key="environment") == Decimal(1)
    work.service.stop(run.id)
    assert ledger.spent(key="environment") == 0
    ledger.reserve(run, None, None)
    assert ledger.spent(key="environment") == Decimal(1)
