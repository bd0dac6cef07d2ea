"""Runs of the local backend: stopping cancels their task, and they can be watched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lipsync_demo.backend.jobs.job import CANCELLED, CREATED, Filter
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.runs.record.errors import NothingSent
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import live
from lipsync_demo.ui.studio.progress import actions, resume_label, stop_label
from tests.contract.serving import Served, served


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Served]:
    """A local backend without workers: its tasks wait."""
    with served(tmp_path / "backend") as server:
        yield server


@pytest.fixture
def jobs(local: Served) -> Iterator[JobStore]:
    database = open_database(f"sqlite:///{local.folder / 'jobs.sqlite3'}")
    yield JobStore(database)
    database.close()


@pytest.fixture
def work(
    service: Callable[..., Workspace], settings: Settings, local: Served, tmp_path: Path
) -> Workspace:
    changed = settings.model_copy(update={"backend": "local", "data_dir": tmp_path / "runs"})
    return service(changed, local=(local.url, local.token))


@pytest.fixture
def waiting(work: Workspace, clip: Path, speech: Path) -> Run:
    run = work.service.start(clip, speech, "loop")
    with work.dispatcher.changed:
        assert work.dispatcher.changed.wait_for(
            lambda: work.runs.get(run.id).state is RunState.WAITING, 60
        )
    return work.runs.get(run.id)


def test_stopping_a_local_run_cancels_its_task(
    work: Workspace, jobs: JobStore, waiting: Run
) -> None:
    assert waiting.cancellable
    assert stop_label(waiting) == "Stop"
    assert "drops the task" in waiting.stop_means
    stopped = work.service.stop(waiting.id)
    assert (stopped.state, stopped.cancelled) == (RunState.STOPPED, True)
    assert "nothing goes on" in stopped.stop_means
    assert jobs.count(CANCELLED) == 1
    assert jobs.claim() is None
    assert work.service.stop(waiting.id) == stopped


def test_runs_of_a_group_are_patient_and_single_ones_are_not(
    work: Workspace, jobs: JobStore, waiting: Run, clip: Path, speech: Path
) -> None:
    grouped = work.service.start(clip, speech, "loop", group="a" * 32, session="b" * 32)
    with work.dispatcher.changed:
        assert work.dispatcher.changed.wait_for(
            lambda: work.runs.get(grouped.id).state is RunState.WAITING, 60
        )
    found = {job.id: job for job in jobs.page(Filter(), 1, 10)[1]}
    single, one = (found[str(work.runs.get(run.id).prediction_id)] for run in (waiting, grouped))
    assert (single.patient, single.turn) == (False, None)
    assert (one.patient, one.turn) == (True, grouped.turn)


def test_a_cancelled_run_is_not_begun_anew_for_a_session_that_sees_recordings_only(
    work: Workspace, jobs: JobStore, waiting: Run
) -> None:
    work.service.stop(waiting.id)
    asking = "a" * 32
    work.recorded_only.switch(asking, True)
    with pytest.raises(NothingSent):
        work.service.resume(waiting.id, session=asking)
    assert work.runs.get(waiting.id).cancelled
    assert jobs.count(CREATED) == 0


def test_a_stopped_local_run_starts_a_new_task_when_it_is_resumed(
    work: Workspace, jobs: JobStore, waiting: Run
) -> None:
    stopped = work.service.stop(waiting.id)
    assert actions(stopped).resume
    assert resume_label(stopped) == "Submit again"
    work.service.resume(waiting.id)
    with work.dispatcher.changed:
        assert work.dispatcher.changed.wait_for(
            lambda: work.runs.get(waiting.id).state is RunState.WAITING, 60
        )
    again = work.runs.get(waiting.id)
    assert again.prediction_id != waiting.prediction_id
    assert again.other_tasks == (waiting.prediction_id,)
    assert [job.id for job in jobs.page(Filter(status=CREATED), 1, 9)[1]] == [again.prediction_id]


def test_a_server_that_announces_nothing_is_not_asked_to_cancel(
    work: Workspace, jobs: JobStore, waiting: Run
) -> None:
    told = {**(waiting.prediction or {}), "urls": {"get": f"{waiting.base_url}/cancel"}}
    silent = work.runs.change(waiting.id, lambda run: replace(run, prediction=told))[1]
    assert not silent.cancellable
    assert stop_label(silent) == "Stop waiting"
    assert "goes on" in work.service.stop(waiting.id).stop_means
    assert jobs.count(CREATED) == 1


def test_a_run_is_watched_by_its_link_only(
    work: Workspace, local: Served, jobs: JobStore, waiting: Run
) -> None:
    page = TestClient(Starlette(routes=live.routes(work)))
    link = work.live.link(waiting)
    assert local.url not in link
    assert local.token not in link
    answer = page.get(link)
    assert (answer.status_code, answer.headers[live.STATE]) == (204, "preparing")

    job = jobs.claim()
    assert job is not None
    folder = local.folder / "work" / f"{job.id}-{job.claim}"
    folder.mkdir(parents=True)
    (folder / "live.mp4").write_bytes(b"unchecked")
    assert page.get(link).content == b""
    assert (folder / "watched").exists()
    (folder / "shown").touch()
    assert page.get(link).content == b"unchecked"
    answer = page.get(f"{link}&from=2")
    assert (answer.content, answer.headers[live.ATTEMPT]) == (b"checked", "1")
    assert "no-store" in answer.headers["cache-control"]
    (folder / "withheld").touch()
    answer = page.get(link)
    assert (answer.content, answer.headers[live.STATE]) == (b"", "withheld")

    assert page.get(link[:-1] + ("0" if link[-1] != "0" else "1")).status_code == 403
    assert page.get(link.replace(waiting.id, "0" * 32)).status_code == 403
    assert page.get(f"/live/{waiting.id}").status_code == 403
    work.service.stop(waiting.id)
    assert page.get(link).headers[live.STATE] == "ended"


def test_a_link_expires(work: Workspace, waiting: Run) -> None:
    work.live._now = lambda: waiting.started_at.timestamp() + 24 * 3600 + 1
    page = TestClient(Starlette(routes=live.routes(work)))
    assert page.get(work.live.link(waiting)).status_code == 403
