"""Reviewing runs, deleting them here and at the API, and importing tasks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.errors import RunNotFound, RunRefused
from lipsync_demo.runs.record.review import Review, Verdict
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.upkeep.review import review
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import WaveSpeedError
from tests.faults.scripted_api import KEY, ScriptedApi

pytestmark = pytest.mark.slow

Service = Callable[..., Workspace]


@pytest.fixture
def done(work: Workspace, clip: Path, speech: Path) -> Run:
    return work.service.wait(work.service.start(clip, speech, "loop").id)


def test_a_judgement_is_kept_with_the_run(work: Workspace, done: Run) -> None:
    said = Review(Verdict.FAIL, {"teeth": Verdict.FAIL, "jaw": Verdict.PASS}, "  look here ")
    after = review(work.runs, done.id, said)
    assert after.review == Review(said.verdict, dict(said.headings), "look here")
    assert work.runs.get(done.id).review == after.review
    assert "look here" in (done.folder / "run.json").read_text()
    odd = Review(None, {"hair": Verdict.PASS}, "x" * 9000)
    kept = review(work.runs, done.id, odd).review
    assert kept is not None
    assert (kept.verdict, dict(kept.headings), len(kept.note)) == (None, {}, 2000)


def test_deleting_here_leaves_the_task_at_the_api(
    work: Workspace, api: ScriptedApi, done: Run
) -> None:
    assert work.service.delete(done.id).at_api is None
    with pytest.raises(RunNotFound):
        work.runs.get(done.id)
    assert not done.folder.exists()
    assert list(done.folder.parent.glob(".deleted-*")) == []
    assert len(api.tasks) == 1


def test_deleting_at_the_api_too(work: Workspace, api: ScriptedApi, done: Run) -> None:
    assert work.service.delete(done.id, at_api=True).at_api == 1
    assert api.tasks == {}
    assert not done.folder.exists()


def test_when_the_api_does_not_delete_nothing_is_lost(
    work: Workspace, api: ScriptedApi, done: Run
) -> None:
    work.share_links.share("run", done.id, days=1)
    api.refusals["delete"] = [(403, {})]
    with pytest.raises(WaveSpeedError):
        work.service.delete(done.id, at_api=True)
    assert work.runs.get(done.id).output == done.output
    assert done.folder.exists()
    assert len(work.share_links.of(done.id)) == 1
    work.service.delete(done.id, at_api=True)
    assert work.share_links.of(done.id) == []


def test_a_run_under_way_is_not_deleted(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    api.gates["look"].shut()
    run = work.service.start(clip, speech, "loop")
    assert api.gates["look"].reached.wait(30)
    with pytest.raises(RunRefused, match="under way"):
        work.service.delete(run.id)
    assert work.runs.get(run.id).state is RunState.WAITING
    api.gates["look"].open()


def test_a_deleted_run_of_a_comparison_is_not_begun_again(
    work: Workspace, api: ScriptedApi, clip: Path, speech: Path
) -> None:
    group = work.group_service.compare(clip, speech, [SyncMode.LOOP, SyncMode.REMAP])
    while work.groups.get(group.id).state.value == "active":
        pass
    first = work.groups.get(group.id).run_ids[0]
    api.refusals["delete"] = [(403, {})]
    with pytest.raises(WaveSpeedError):
        work.service.delete(first, at_api=True)
    assert work.groups.get(group.id).items[0].trouble is None
    work.service.delete(first)
    work.group_service.resume(group.id)
    now = work.groups.get(group.id)
    assert now.items[0].trouble is not None
    assert work.runs.of_group(now)[0] is None
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
    work = service(settings.model_copy(update={"allow_private_urls": True}))
    run = work.service.wait(work.task_import.start(f" {task.id} ").id)
    assert run.state is RunState.DONE
    assert run.imported
    assert run.sync_mode is SyncMode.REMAP
    assert run.video is not None
    assert run.video.seconds == 1
    assert run.expected_seconds == 2
    assert run.output is not None
    assert api.submits == 1


def test_a_task_without_known_inputs_needs_its_mode(work: Workspace, api: ScriptedApi) -> None:
    task = api.new_task({})
    with pytest.raises(RunRefused, match="which sync_mode"):
        work.task_import.start(task["id"])
    run = work.service.wait(work.task_import.start(task["id"], sync_mode=SyncMode.LOOP).id)
    assert (run.state, run.video, run.sync_mode) == (RunState.DONE, None, SyncMode.LOOP)
    assert api.submits == 0


def test_inputs_at_private_addresses_are_not_fetched(
    work: Workspace, api: ScriptedApi, clip: Path
) -> None:
    video = f"{api.url}/sources/{clip.name}"
    task = api.new_task({"video": video, "audio": video, "sync_mode": "loop"})
    run = work.service.wait(work.task_import.start(task["id"]).id)
    assert run.state is RunState.DONE
    assert run.video is None
    assert api.counts["source"] == 0


def test_an_unknown_task_is_an_error(work: Workspace, api: ScriptedApi) -> None:
    with pytest.raises(WaveSpeedError):
        work.task_import.start("f" * 32)
    assert work.runs.list() == []
