"""Attempts at one job by two workers, of which the first does not know yet that it lost it."""

from __future__ import annotations

import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lipsync_demo.backend.jobs.job import COMPLETED
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.queue.attempt import Attempts, Folders
from lipsync_demo.backend.queue.errors import Cancelled
from lipsync_demo.backend.queue.rendering import Rendered, RenderRequest
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.storage import StoragePlace

DONE = Rendered(0, 1, False, {}, {})


@pytest.mark.parametrize("finds_out", [True, False])
def test_an_attempt_that_was_given_up_does_not_disturb_the_next(
    finds_out: bool, jobs: JobStore, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folders = Folders(StoragePlace(folder=tmp_path), tmp_path / "work", tmp_path / "analyses")
    media: Any = SimpleNamespace(get=lambda url, *_: SimpleNamespace(path=Path(url), shown=url))
    attempts = Attempts(jobs, media, folders, "speaking")
    begun, may_end = threading.Event(), threading.Event()

    def slow(request: RenderRequest) -> Rendered:
        begun.set()
        may_end.wait()
        if finds_out:
            raise Cancelled
        request.output.parent.mkdir(exist_ok=True)
        request.output.write_bytes(b"the first")
        return DONE

    def work() -> None:
        try:
            attempts.make(first, slow, lambda: None)
        except Cancelled:
            assert finds_out

    def quick(request: RenderRequest) -> Rendered:
        request.output.write_bytes(b"the second")
        may_end.set()
        thread.join()
        return DONE

    job = jobs.add("v", "a", SyncMode.LOOP)
    first = jobs.claim("a:1", -1)
    assert first is not None
    thread = threading.Thread(target=work)
    thread.start()
    begun.wait()
    assert jobs.recover() == 1
    second = jobs.claim("b:2", 60_000)
    assert second is not None
    attempts.make(second, quick, lambda: None)
    ended = jobs.get(job.id)
    assert ended is not None
    assert (ended.status, ended.attempts, len(ended.outputs)) == (COMPLETED, 2, 1)
    [output] = folders.storage.listed("outputs/")
    assert b"".join(folders.storage.read(output.name)) == b"the second"
    assert [*folders.work.iterdir()] == []
