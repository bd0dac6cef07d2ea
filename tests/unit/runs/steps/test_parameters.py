"""A run's model is in everything about the run."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import text

from lipsync_demo.markup import snippets
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.ledger_line import as_csv
from lipsync_demo.runs.record.run import RunState, dump_run, load_run
from lipsync_demo.runs.steps.parameters import api_only
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import MODEL_ID, Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.unit.runs.storage.test_run_table import make_run

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]
NEWER, REACT = "sync/lipsync-2", "sync/react-1"


def test_a_run_of_another_model_is_quoted_sent_and_kept_as_such(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.model_prices[NEWER] = (0.05, 0.4)
    run = work.service.wait(work.service.start(clip, speech, "loop", model=NEWER).id)
    assert run.state is RunState.DONE, run.error
    assert (run.model, run.title) == (NEWER, "lipsync-2 · loop")
    assert [task["model"] for task in api.tasks.values()] == [NEWER]
    assert run.quote is not None
    assert run.quote.amount == Decimal("0.4")
    (line,) = work.ledger.lines()
    assert line.model == NEWER
    assert as_csv([line]).splitlines()[1].endswith(NEWER)
    assert f"/api/v3/{NEWER} " in snippets.curl(run).replace("\\", " ")
    assert NEWER in snippets.python(run)


def test_another_schema_runs_without_a_mode(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    run = work.service.wait(
        work.service.start(clip, speech, model=REACT, choices={"emotion": "sad"}).id
    )
    assert run.state is RunState.DONE, run.error
    (task,) = api.tasks.values()
    sent = {name: value for name, value in task["input"].items() if name not in ("video", "audio")}
    assert sent == {"emotion": "sad", "model_mode": "face"}
    assert (run.sync_mode, run.choices_text, run.expected_seconds) == (None, "sad, face", None)
    assert work.ledger.lines()[0].mode == ""
    assert load_run(dump_run(run), run.folder) == run


@pytest.mark.parametrize(
    ("model", "mode", "choices", "words"),
    [
        ("sync/lipsync-9", None, {}, "no model"),
        (REACT, "loop", {}, "takes no sync_mode"),
        (NEWER, "loop", {"emotion": "sad"}, "takes no emotion"),
    ],
)
def test_what_the_model_does_not_take_is_refused_before_a_run_exists(
    work: Workspace,
    clip: Path,
    speech: Path,
    model: str,
    mode: str | None,
    choices: dict[str, str],
    words: str,
) -> None:
    with pytest.raises(RunRefused, match=words):
        work.service.start(clip, speech, mode, model=model, choices=choices)
    assert work.runs.list() == []


def test_the_local_engine_says_what_the_others_need(
    service: Service, settings: Settings, clip: Path, speech: Path
) -> None:
    work = service(settings, local=("http://127.0.0.1:9", "token"))
    for begin in (
        lambda: work.service.start(clip, speech, "loop", model=NEWER, backend="local"),
        lambda: work.group_service.compare(clip, speech, model=NEWER, backend="local"),
        lambda: work.group_service.compare_models(clip, speech, [MODEL_ID, NEWER], backend="local"),
    ):
        with pytest.raises(RunRefused, match="lipsync-2 needs the WaveSpeed API") as caught:
            begin()
        assert str(caught.value) == str(api_only(NEWER))
        assert "Use a WaveSpeed key, or choose lipsync-1.9.0-beta." in caught.value.hint


def test_the_setting_chooses_where_nothing_else_does(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work = service(settings.model_copy(update={"model": NEWER}))
    assert work.service.start(clip, speech, "loop").model == NEWER
    assert work.service.start(clip, speech, "loop", model=MODEL_ID).model == MODEL_ID


def test_a_lost_answer_is_settled_by_a_task_of_the_same_model(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.drop_submits = 1
    run = work.service.wait(work.service.start(clip, speech, model=REACT).id)
    assert run.state is RunState.DONE, run.error
    assert api.submits == 1

    def other_model(run_id: str) -> None:
        for task in api.tasks.values():
            task["model"] = NEWER

    api.gates["list"].shut()
    api.drop_submits = 1
    again = work.service.start(clip, speech, "loop")
    assert api.gates["list"].reached.wait(30)
    other_model(again.id)
    api.gates["list"].open()
    assert work.service.wait(again.id).state is RunState.UNCLEAR


def test_time_is_judged_by_runs_of_the_same_model(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    work.service.wait(work.service.start(clip, speech, "loop").id)
    api.gates["look"].shut()
    other = work.service.start(clip, speech, "loop", model=NEWER)
    same = work.service.start(clip, speech, "loop")
    assert api.gates["look"].reached.wait(30)
    while (
        work.runs.get(other.id).expected_seconds is None
        or work.runs.get(same.id).expected_seconds is None
    ):
        pass
    assert work.forecast.estimate(work.runs.get(other.id)) is None
    estimate = work.forecast.estimate(work.runs.get(same.id))
    assert estimate is not None
    assert estimate.runs == 1
    api.gates["look"].open()


def test_a_record_of_before_is_one_of_the_default(work: Workspace, settings: Settings) -> None:
    run = make_run(settings.runs_dir, state=RunState.DONE)
    work.runs.add(run, None)
    record = dump_run(run)
    for name in ("model", "choices", "own_nsfw_checks"):
        del record[name]
    old = load_run(record, run.folder)
    assert (old.model, old.choices, old.own_checks) == (MODEL_ID, {}, ())
    with work.runs.database.engine.begin() as connection:
        drop = "UPDATE runs SET record = json_remove(record, '$.model') WHERE id = :id"
        connection.execute(text(drop), {"id": run.id})
    assert [r.id for r in work.runs.list(model=MODEL_ID)] == [run.id]
    assert work.runs.list(model=NEWER) == []


def test_models_are_compared_in_one_mode_from_one_upload(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    group = work.group_service.compare_models(clip, speech, [MODEL_ID, NEWER, NEWER], SyncMode.LOOP)
    while work.groups.get(group.id).state.value == "active":
        pass
    group = work.groups.get(group.id)
    assert [(item.label, item.choices_text) for item in group.items] == [
        ("lipsync-1.9.0-beta", "loop"),
        ("lipsync-2", "loop"),
    ]
    assert [run.model for run in work.runs.of_group(group) if run] == [MODEL_ID, NEWER]
    assert sorted(task["model"] for task in api.tasks.values()) == [MODEL_ID, NEWER]
    assert api.counts["put"] == 2
    with pytest.raises(RunRefused, match="nothing to compare"):
        work.group_service.compare_models(clip, speech, [NEWER, NEWER])
    with pytest.raises(RunRefused, match="no modes to compare"):
        work.group_service.compare(clip, speech, model=REACT)


def test_an_imported_task_keeps_its_model_and_fields(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.sources = clip.parent
    client = WaveSpeedClient(KEY, api.url)
    video, audio = (f"{api.url}/sources/{path.name}" for path in (clip, speech))
    acted = client.submit(video, audio, model=REACT, choices={"emotion": "angry"})
    newer = client.submit(video, audio, "loop", model=NEWER)
    foreign = client.submit(video, audio, "loop")
    api.tasks[foreign.id]["model"] = "somebody/else"
    work = service(settings.model_copy(update={"allow_private_urls": True}))
    with pytest.raises(RunRefused, match="takes no sync_mode"):
        work.task_import.start(acted.id, sync_mode=SyncMode.LOOP)
    found = [
        work.service.wait(work.task_import.start(task.id).id) for task in (acted, newer, foreign)
    ]
    assert [(run.model, run.choices_text) for run in found] == [
        (REACT, "angry, face"),
        (NEWER, "loop"),
        ("somebody/else", "loop"),
    ]
    assert api.submits == 3


def test_a_floor_is_asked_for_each_model(work: Workspace, api: ScriptedApi) -> None:
    api.model_prices[NEWER] = (0.06, 0.4)
    floors = work.prices.floors("wavespeed", None, [MODEL_ID, NEWER], timeout=30)
    assert {model: str(price and price.amount) for model, price in floors.items()} == {
        MODEL_ID: "0.025",
        NEWER: "0.06",
    }
    assert work.prices.floors("local", None, [MODEL_ID]) == {MODEL_ID: None}
