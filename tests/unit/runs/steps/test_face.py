"""Which of several faces speaks is sent to the local backend, and to no other server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from lipsync_demo.markup import snippets
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.groups.items import Pair
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.estimates import work_of
from lipsync_demo.runs.record.run import Run, RunState, dump_run, load_run
from lipsync_demo.runs.record.run_json import run_json
from lipsync_demo.runs.storage.run_search import RunSearch, search
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import BadParameter
from tests.faults.scripted_api import KEY, ScriptedApi

pytestmark = pytest.mark.slow

FACE = {"face": "0.25,0.4"}


@pytest.fixture
def local(service: Callable[..., Workspace], settings: Settings, api: ScriptedApi) -> Workspace:
    """Services whose local backend is the scripted server."""
    return service(settings.model_copy(update={"backend": "local"}), local=(api.url, KEY))


def sent(api: ScriptedApi) -> list[dict[str, str]]:
    return [dict(task["input"]) for task in api.tasks.values()]


def test_the_hosted_api_is_never_sent_a_face(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    pairs = [Pair(str(clip), str(speech), SyncMode.LOOP, "", "left")]
    for begin in (
        lambda: work.service.start(clip, speech, "loop", choices=FACE),
        lambda: work.group_service.compare(clip, speech, choices=FACE),
        lambda: work.group_service.batch(pairs, title="one"),
        lambda: work.group_service.batch(pairs, title="one", choices=FACE),
    ):
        with pytest.raises(RunRefused, match="takes no choice of face") as refused:
            begin()
        assert "Crop the video" in refused.value.hint
    assert api.submits == 0
    with WaveSpeedClient(KEY, api.url) as client, pytest.raises(BadParameter, match="no face"):
        client.submit("https://a.example/v", "https://a.example/a", choices=FACE)
    assert (api.submits, work.runs.list()) == (0, [])
    run = work.service.wait(work.service.start(clip, speech, "loop").id)
    assert run.state is RunState.DONE, run.error
    [body] = sent(api)
    assert body.keys() == {"video", "audio", "sync_mode"}


def test_the_local_backend_is_sent_it_and_everything_about_the_run_says_it(
    local: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    run = local.service.wait(
        local.service.start(clip, speech, "loop", choices={"face": "0.250, 0.40"}).id
    )
    assert run.state is RunState.DONE, run.error
    [body] = sent(api)
    assert body == {**body, "sync_mode": "loop", **FACE}
    assert json.loads(snippets.request_json(run)) == body
    assert '"face": "0.25,0.4"' in snippets.curl(run)
    assert "'face': '0.25,0.4'" in snippets.python(run)
    assert (run.choices, run.title) == (FACE, "loop, face 0.25,0.4")
    assert run_json(run)["choices"] == FACE
    assert load_run(dump_run(run), run.folder) == run
    page = search(local.runs, [run.id], RunSearch(words="face 0.25,0.4"), 0, 9)
    assert [found.id for found in page.runs] == [run.id]
    plain = local.service.wait(local.service.start(clip, speech, "loop").id)
    assert (plain.choices, plain.title) == ({}, "loop")
    assert "face" not in sent(api)[1]
    assert _work(run) != _work(plain), "the estimate knows that it is another result"


def _work(run: Run) -> str:
    found = work_of(run)
    assert found is not None
    return found.choices


def test_a_lost_answer_is_settled_by_a_task_with_the_same_face(
    local: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    first = local.service.wait(local.service.start(clip, speech, "loop", choices=FACE).id)
    [task] = api.tasks
    client = WaveSpeedClient(KEY, api.url, local=True)
    assert first.request is not None
    assert first.submitted_at is not None
    where = (first.request["video"], first.request["audio"], "loop", first.submitted_at)
    found = client.find_submitted(*where, choices=FACE)
    assert found is not None
    assert found.id == task
    assert client.find_submitted(*where) is None
    assert client.find_submitted(*where, choices={"face": "left"}) is None


def test_comparisons_and_batches_hand_it_on(
    local: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    compared = local.group_service.compare(
        clip, speech, [SyncMode.LOOP, SyncMode.SILENCE], choices=FACE
    )
    assert [item.choices_text for item in compared.items] == [
        "loop, face 0.25,0.4",
        "silence, face 0.25,0.4",
    ]
    pair = Pair(str(clip), str(speech), SyncMode.LOOP)
    pairs = [pair, Pair(pair.video, pair.audio, SyncMode.LOOP, "", "right")]
    batch = local.group_service.batch(pairs, title="two", choices=FACE)
    assert [item.choices for item in batch.items] == [FACE, {"face": "right"}]
    for group in (compared, batch):
        while local.groups.get(group.id).state.value == "active":
            pass
    faces = [body.get("face") for body in sent(api)]
    assert sorted(map(str, faces)) == ["0.25,0.4"] * 3 + ["right"]
    with pytest.raises(RunRefused, match="no face 'middle'"):
        local.group_service.compare(clip, speech, choices={"face": "middle"})


def test_an_imported_task_of_the_local_backend_has_its_face(
    local: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    run = local.service.wait(local.service.start(clip, speech, "loop", choices=FACE).id)
    assert run.prediction_id is not None
    imported = local.task_import.start(run.prediction_id, backend="local")
    assert imported.choices == FACE
    assert local.service.wait(imported.id).title == "loop, face 0.25,0.4"
