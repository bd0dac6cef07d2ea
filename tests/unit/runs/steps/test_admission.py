"""Who may start a run, and who pays: asked before anything is uploaded or fetched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from lipsync_demo.access.asker import Asker, asking
from lipsync_demo.access.codes import new_code
from lipsync_demo.access.tokens import new_token
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.clock import now, seconds_until
from lipsync_demo.runs.record.errors import LimitReached
from lipsync_demo.runs.record.group import GroupState
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage import ledger as ledger_module
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, ScriptedApi

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
ANNA, BEN = Asker(visitor="anna", origin="office"), Asker(visitor="ben", origin="home")


def changed(settings: Settings, **changes: object) -> Settings:
    return settings.model_copy(update={"host": "0.0.0.0", **changes})


def ended(work: Workspace, clip: Path, speech: Path, by: Asker | None, **more: object) -> Run:
    with asking(by):
        run = work.service.start(clip, speech, "loop", **more)  # type: ignore[arg-type]
    return work.service.wait(run.id)


def refused(work: Workspace, clip: Path, speech: Path, by: Asker, **more: object) -> LimitReached:
    with asking(by), pytest.raises(LimitReached) as error:
        work.service.start(clip, speech, "loop", **more)  # type: ignore[arg-type]
    return error.value


def test_one_visitor_cannot_spend_everybody_s_day(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, spend_limit=Decimal("0.40")))
    states = [ended(work, clip, speech, ANNA).state for _ in range(2)]
    assert states == [RunState.DONE, RunState.DONE]
    before = dict(api.counts)
    for _ in range(20):
        error = refused(work, clip, speech, ANNA)
        assert error.what == "Your share of what this server may spend in a day is spent."
        assert error.ends is not None
        assert 86_000 < seconds_until(error.ends) <= 86_400
        assert "The next run can start in 24 hours" in error.hint
    # Nothing of a refused run was uploaded, quoted or kept.
    assert {n: c for n, c in api.counts.items() if n != "price"} == {
        n: c for n, c in before.items() if n != "price"
    }
    assert len(list(settings.runs_dir.iterdir())) == 2
    assert ended(work, clip, speech, BEN).state is RunState.DONE


def test_who_mints_visitors_meets_the_share_of_the_address(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, spend_limit=Decimal("0.40")))
    for n in range(4):
        ended(work, clip, speech, Asker(visitor=f"v{n}", origin="office"))
    error = refused(work, clip, speech, Asker(visitor="v5", origin="office"))
    assert error.what.startswith("Your network's share")
    assert ended(work, clip, speech, BEN).state is RunState.DONE


def test_the_day_goes_on_when_the_first_of_it_is_a_day_old(
    service: Service,
    settings: Settings,
    clip: Path,
    speech: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    work = service(changed(settings, visitor_spend_limit=Decimal("0.05")))
    ended(work, clip, speech, ANNA)
    error = refused(work, clip, speech, ANNA)
    assert error.ends is not None
    later = error.ends + timedelta(seconds=1)
    monkeypatch.setattr(ledger_module, "now", lambda: later)
    assert ended(work, clip, speech, ANNA).state is RunState.DONE


def test_a_run_that_never_is_sent_gives_back_what_it_counted(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, visitor_spend_limit=Decimal("0.05")))
    api.prices = (0.03, 0.05)
    for _ in range(3):
        assert ended(work, clip.with_name("none.mp4"), speech, ANNA).state is RunState.FAILED
    api.gates["ticket"].shut()
    with asking(ANNA):
        waiting = work.service.start(clip, speech, "loop")
    assert api.gates["ticket"].reached.wait(30)
    assert refused(work, clip, speech, ANNA).what.startswith("Your share")
    work.service.stop(waiting.id)
    api.gates["ticket"].open()
    assert work.ledger.lines() == []
    assert ended(work, clip, speech, ANNA).state is RunState.DONE


def test_a_visitor_s_own_key_is_nobody_s_share(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, visitor_spend_limit=Decimal(0)))
    refused(work, clip, speech, ANNA)
    own = ended(work, clip, speech, ANNA, api_key=SecretStr(KEY))
    assert own.state is RunState.DONE


def test_a_code_has_its_own_runs_and_money_for_all_its_visitors(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    team, poor = new_code("team", None, 2)[1], new_code("poor", Decimal("0.06"), None)[1]
    given = SecretStr(f"{team.line};{poor.line}")
    work = service(changed(settings, access_codes=given))
    for visitor in ("a", "b"):
        ended(work, clip, speech, Asker(visitor=visitor, code="team"))
    error = refused(work, clip, speech, Asker(visitor="c", code="team"), api_key=SecretStr(KEY))
    assert error.what == "The last run of your access code or API token was started."
    assert error.ends is None
    ended(work, clip, speech, Asker(visitor="d", code="poor"))
    spent = refused(work, clip, speech, Asker(visitor="e", code="poor"))
    assert spent.what == "What your access code or API token may spend is spent."
    assert api.submits == 3
    gone = refused(work, clip, speech, Asker(visitor="f", code="gone"))
    assert gone.what == "The access code or API token of this run no longer holds."
    # Another process knows it from the database.
    again = service(changed(settings, access_codes=given))
    refused(again, clip, speech, Asker(visitor="c", code="team"))


def test_a_token_has_its_own_runs_and_money(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    few, poor = new_token("few", runs=1)[1], new_token("poor", spend=Decimal("0.06"))[1]
    work = service(changed(settings, api_tokens=SecretStr(f"{few.line};{poor.line}")))
    first = ended(work, clip, speech, Asker(visitor=few.visitor, code=few.owner))
    work.service.delete(first.id)
    again = refused(work, clip, speech, Asker(visitor=few.visitor, code=few.owner), run_id=first.id)
    assert again.what == "The last run of your access code or API token was started."
    last = refused(work, clip, speech, Asker(visitor=few.visitor, code=few.owner))
    assert last.what == "The last run of your access code or API token was started."
    ended(work, clip, speech, Asker(visitor=poor.visitor, code=poor.owner))
    spent = refused(work, clip, speech, Asker(visitor=poor.visitor, code=poor.owner))
    assert spent.what == "What your access code or API token may spend is spent."
    gone = refused(work, clip, speech, Asker(visitor="f", code="token:gone"))
    assert gone.what == "The access code or API token of this run no longer holds."
    assert api.submits == 2


def test_a_run_whose_code_was_removed_is_not_sent(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path, tmp_path: Path
) -> None:
    path = tmp_path / "codes"
    anna, ben = new_code("anna", None, None)[1], new_code("ben", None, None)[1]
    path.write_text(f"{anna.line}\n{ben.line}\n")
    work = service(changed(settings, access_codes=SecretStr(str(path))))
    api.gates["ticket"].shut()
    with asking(Asker(visitor="a", code="anna")):
        run = work.service.start(clip, speech, "loop")
    assert api.gates["ticket"].reached.wait(30)
    path.write_text(f"{ben.line}\n")
    api.gates["ticket"].open()
    after = work.service.wait(run.id)
    assert after.state is RunState.FAILED
    assert after.error is not None
    assert "no longer holds" in after.error.what
    assert api.submits == 0


def test_the_rate_of_runs_is_said_before_and_refuses_after(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, rates="runs=1"))
    with asking(ANNA):
        assert _said(work) is None
    for _ in range(2):
        ended(work, clip, speech, ANNA)
    error = refused(work, clip, speech, ANNA)
    assert error.what == "Too many runs were started in a short time."
    with asking(ANNA):
        told = _said(work)
    assert told is not None
    assert told.what == error.what
    with asking(BEN):
        assert _said(work) is None
    ended(work, clip, speech, None)


def _said(work: Workspace) -> LimitReached | None:
    return work.admission.obstacle(
        "wavespeed", own_key=False, session=None, model="sync/lipsync-1.9.0-beta"
    )


def test_each_run_of_a_batch_counts_and_waits_for_the_rate(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, rates="runs=60"))
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP)] * 3
    with asking(ANNA):
        for _ in range(119):
            work.admission.count("runs")
        group = work.group_service.batch(pairs, title="three", concurrency=3)
        assert group.asked_by == ANNA
    until = now() + timedelta(seconds=60)
    while work.groups.get(group.id).state is GroupState.ACTIVE and now() < until:
        with work.dispatcher.changed:
            work.dispatcher.changed.wait(0.2)
    assert work.groups.get(group.id).state is GroupState.DONE
    runs = work.runs.of_group(work.groups.get(group.id))
    assert [run.state for run in runs if run] == [RunState.DONE] * 3
    assert work.ledger.asked_by(runs[0]) == Asker()  # type: ignore[arg-type]


def test_a_batch_beyond_the_day_is_held_and_says_until_when(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service(changed(settings, visitor_spend_limit=Decimal("0.05")))
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP)] * 2
    with asking(ANNA):
        group = work.group_service.batch(pairs, title="two", concurrency=1)
    until = now() + timedelta(seconds=60)
    while work.groups.get(group.id).state is GroupState.ACTIVE and now() < until:
        with work.dispatcher.changed:
            work.dispatcher.changed.wait(0.2)
    held = work.groups.get(group.id)
    assert held.state is GroupState.HELD
    assert "The next run can start in 24 hours" in (held.trouble or "")
    assert api.submits == 1
    with asking(ANNA), pytest.raises(LimitReached):
        work.group_service.compare(clip, speech)
