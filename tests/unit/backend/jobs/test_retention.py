from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from lipsync_demo.backend.jobs.job import JobResult, now_ms
from lipsync_demo.backend.jobs.retention import (
    KEPT,
    PARTS_KEPT,
    Janitor,
    delete_inputs,
    sweep_analyses,
    sweep_work,
)
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.jobs.uploads import UploadStore
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.storage.folder import FolderStorage


def test_everything_is_kept_for_seven_days_and_no_longer(
    jobs: JobStore, uploads: UploadStore, storage: FolderStorage, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    (outputs / "done.mp4").write_bytes(b"x")
    (outputs / "nobody-names-this.mp4").write_bytes(b"x")
    analyses = tmp_path / "analyses"
    analyses.mkdir()
    (analyses / "shots-x.npz").write_bytes(b"x")
    (analyses / "gop-x.npz").write_bytes(b"x")
    job_id = jobs.add("v", "a", SyncMode.LOOP).id
    job = jobs.claim()
    assert job is not None
    jobs.finish(job, JobResult(outputs=("done.mp4",), nsfw=(False,)))
    upload = uploads.announce("a.mp4", 1, None)
    with uploads.writing(upload) as file:
        file.write(b"1")

    janitor = Janitor(jobs, uploads, storage, analyses)
    assert timedelta(days=7) == KEPT
    assert timedelta(hours=1) == PARTS_KEPT
    week, hour = (kept // timedelta(milliseconds=1) for kept in (KEPT, PARTS_KEPT))
    janitor.sweep(now_ms() + hour - 60_000)
    assert len(list(analyses.iterdir())) == 2
    janitor.sweep(now_ms() + hour + 60_000)
    assert [path.name for path in analyses.iterdir()] == ["shots-x.npz"]
    janitor.sweep(job.created_ms + week - 60_000)
    assert jobs.get(job_id) is not None
    assert len(list(outputs.iterdir())) == 2
    assert list(analyses.iterdir())
    assert uploads.by_name(upload.name) is not None

    janitor.sweep(now_ms() + week + 60_000)
    assert jobs.get(job_id) is None
    assert list(outputs.iterdir()) == []
    assert list(analyses.iterdir()) == []
    assert uploads.by_name(upload.name) is None


def test_a_worker_keeps_nothing_for_longer_either(tmp_path: Path) -> None:
    for name in ("shots-x.npz", "gop-x.npz"):
        (tmp_path / name).write_bytes(b"x")
    left = tmp_path / "work" / "0f"
    left.mkdir(parents=True)
    (left / "video.mp4").write_bytes(b"x")
    hour, day, week = 3_600_000, 86_400_000, 7 * 86_400_000

    def sweep(later: int) -> set[str]:
        sweep_analyses(tmp_path, now_ms() + later)
        sweep_work(tmp_path / "work", now_ms() + later)
        return {path.name for path in tmp_path.rglob("*") if path.is_file()}

    assert sweep(hour - 60_000) == {"shots-x.npz", "gop-x.npz", "video.mp4"}
    assert sweep(day - 60_000) == {"shots-x.npz", "video.mp4"}
    assert sweep(week - 60_000) == {"shots-x.npz"}
    assert sweep(week + 60_000) == set()


def test_a_started_janitor_sweeps_at_once(
    jobs: JobStore, uploads: UploadStore, storage: FolderStorage, tmp_path: Path
) -> None:
    outputs = tmp_path / "outputs"
    outputs.mkdir()
    old = outputs / "old.mp4"
    old.write_bytes(b"x")
    os.utime(old, (0, 0))
    janitor = Janitor(jobs, uploads, storage, tmp_path / "analyses")
    janitor.start()
    janitor.stop()
    assert not old.exists()


def test_inputs_go_with_the_last_task_that_used_them(
    jobs: JobStore, uploads: UploadStore, storage: FolderStorage, tmp_path: Path
) -> None:
    kept = [uploads.announce(name, 1, None) for name in ("face.mp4", "one.wav", "two.wav")]
    for upload in kept:
        with uploads.writing(upload) as file:
            file.write(b"1")
    face, one, two = (f"http://127.0.0.1:80/uploads/{upload.name}" for upload in kept)
    first = jobs.add(face, one, SyncMode.LOOP).id
    second = jobs.add(face, two, SyncMode.LOOP).id
    for _ in range(2):
        job = jobs.claim()
        assert job is not None
        jobs.finish(job, JobResult(outputs=(), nsfw=()))
    analyses = tmp_path / "analyses"
    analyses.mkdir()
    (analyses / "shots-x.npz").write_bytes(b"x")

    delete_inputs([], jobs, uploads, storage, analyses)
    assert list(analyses.iterdir())
    delete_inputs(jobs.remove([first]), jobs, uploads, storage, analyses)
    assert [uploads.by_name(upload.name) is not None for upload in kept] == [True, False, True]
    assert not list(analyses.iterdir())
    delete_inputs(jobs.remove([second]), jobs, uploads, storage, analyses)
    assert [uploads.by_name(upload.name) for upload in kept] == [None] * 3
