"""Runs are judged, deleted here and at the API, and brought in from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound, RunRefused
from lipsync_demo.runs.record.run import Review, Run, RunState, Verdict
from lipsync_demo.runs.service import RunService
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import WaveSpeedError
from tests.faults.scripted_api import KEY, ScriptedApi

Service = Callable[..., RunService]


@pytest.fixture
def done(runs: RunService, clip: Path, speech: Path) -> Run:
    return runs.wait(runs.start(clip, speech, "loop").id)


def test_a_judgement_is_kept_with_the_run(runs: RunService, done: Run) -> None:
    said = Review(Verdict.FAIL, {"teeth": Verdict.FAIL, "jaw": Verdict.PASS}, "  look here ")
    after = runs.review(done.id, said)
    assert after.review == Review(said.verdict, dict(said.headings), "look here")
    assert runs.get(done.id).review == after.review
    assert "look here" in (done.folder / "run.json").read_text()
    odd = Review(None, {"hair": Verdict.PASS}, "x" * 9000)
    kept = runs.review(done.id, odd).review
    assert kept is not None
    assert (kept.verdict, dict(kept.headings), len(kept.note)) == (None, {}, 2000)


def test_deleting_here_leaves_the_task_at_the_api(
    runs: RunService, api: ScriptedApi, done: Run
) -> None:
    assert runs.delete(done.id).at_api is None
    with pytest.raises(RunNotFound):
        runs.get(done.id)
    assert not done.folder.exists()
    assert list(done.folder.parent.glob(".deleted-*")) == []
    assert len(api.tasks) == 1


def test_deleting_at_the_api_too(runs: RunService, api: ScriptedApi, done: Run) -> None:
    assert runs.delete(done.id, at_api=True).at_api == 1
    assert api.tasks == {}
    assert not done.folder.exists()


def test_when_the_api_does_not_delete_nothing_is_lost(
    runs: RunService, api: ScriptedApi, done: Run
) -> None:
    runs.shares.share("run", done.id, days=1)
    api.refusals["delete"] = [(403, {})]
    with pytest.raises(WaveSpeedError):
        runs.delete(done.id, at_api=True)
    assert runs.get(done.id).output == done.output
    assert done.folder.exists()
    assert len(runs.shares.of(done.id)) == 1
    runs.delete(done.id, at_api=True)
    assert runs.shares.of(done.id) == []


def test_a_run_under_way_is_not_deleted(
    runs: RunService, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    run = runs.start(clip, speech, "loop")
    assert api.gates["look"].reached.wait(30)
    with pytest.raises(RunRefused, match="under way"):
        runs.delete(run.id)
    assert runs.get(run.id).state is RunState.WAITING
    api.gates["look"].open()


def test_a_deleted_run_of_a_comparison_is_not_begun_again(
    runs: RunService, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    group = runs.groups.compare(clip, speech, [SyncMode.LOOP, SyncMode.REMAP])
    while runs.groups.get(group.id).state.value == "active":
        pass
    first = runs.groups.get(group.id).run_ids[0]
    api.refusals["delete"] = [(403, {})]
    with pytest.raises(WaveSpeedError):
        runs.delete(first, at_api=True)
    assert runs.groups.get(group.id).items[0].trouble is None
    runs.delete(first)
    runs.groups.resume(group.id)
    now = runs.groups.get(group.id)
    assert now.items[0].trouble is not None
    assert runs.groups.runs(now)[0] is None
    assert api.submits == 2


def test_a_task_that_was_started_elsewhere_is_brought_in(
    service: Service, settings: Settings, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    client = WaveSpeedClient(KEY, api.url)
    urls = [client.upload(path) for path in (clip, speech)]
    api.sources = clip.parent
    video, audio = (f"{api.url}/sources/{path.name}" for path in (clip, speech))
    assert all(urls)
    task = client.submit(video, audio, SyncMode.REMAP)
    runs = service(settings.model_copy(update={"allow_private_urls": True}))
    run = runs.wait(runs.import_task(f" {task.id} ").id)
    assert run.state is RunState.DONE
    assert run.imported
    assert run.sync_mode is SyncMode.REMAP
    assert run.video is not None
    assert run.video.seconds == 1
    assert run.expected_seconds == 2
    assert run.output is not None
    assert api.submits == 1


def test_a_task_without_known_inputs_needs_its_mode(runs: RunService, api: ScriptedApi) -> None:
    task = api.new_task({})
    with pytest.raises(RunRefused, match="which sync_mode"):
        runs.import_task(task["id"])
    run = runs.wait(runs.import_task(task["id"], sync_mode=SyncMode.LOOP).id)
    assert (run.state, run.video, run.sync_mode) == (RunState.DONE, None, SyncMode.LOOP)
    assert api.submits == 0


def test_inputs_at_private_addresses_are_not_fetched(
    runs: RunService, api: ScriptedApi, clip: Path
) -> None:
    video = f"{api.url}/sources/{clip.name}"
    task = api.new_task({"video": video, "audio": video, "sync_mode": "loop"})
    run = runs.wait(runs.import_task(task["id"]).id)
    assert run.state is RunState.DONE
    assert run.video is None
    assert api.counts["source"] == 0


def test_an_unknown_task_is_an_error(runs: RunService, api: ScriptedApi) -> None:
    with pytest.raises(WaveSpeedError):
        runs.import_task("f" * 32)
    assert runs.list() == []
