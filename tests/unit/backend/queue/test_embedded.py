from __future__ import annotations

import os
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

import pytest

from lipsync_demo.backend.jobs.live import LiveFolder
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.queue import embedded, render_process
from lipsync_demo.backend.queue.attempt import Folders
from lipsync_demo.backend.queue.embedded import EmbeddedQueue
from lipsync_demo.backend.queue.errors import WorkerDied
from lipsync_demo.backend.queue.render_process import Loaded, RenderProcess
from lipsync_demo.backend.queue.rendering import Refused, RenderRequest
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.storage import StoragePlace

ORDER = RenderRequest(
    video=Path("v"),
    audio=Path("a"),
    sync_mode=SyncMode.LOOP,
    output=Path("o"),
    analyses=Path("k"),
    shared=StoragePlace(folder=Path("s")),
    face="speaking",
    live=LiveFolder(Path("f")),
    task="t",
)


def hang_up(connection: Connection, share: object, log_format: str) -> None:
    """As the system ends a killed process: its pipe first, itself later."""
    connection.close()
    time.sleep(600)


def test_a_worker_that_hung_up_has_ended_when_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(render_process, "main", hang_up)
    worker = RenderProcess()
    try:
        with pytest.raises(WorkerDied):
            worker.render(ORDER)
        assert not worker.alive
    finally:
        worker.close()


def die_with_the_lock(_: object, share: Any, *__: object) -> None:
    """As one that is killed while it writes what it shares."""
    if hasattr(share, "get_lock"):
        share.get_lock().acquire()
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_worker_holds_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_process, "main", die_with_the_lock)
    worker = RenderProcess()
    worker._process.join(60)
    assert not worker.alive
    shares: list[float] = []
    reading = threading.Thread(target=lambda: shares.append(worker.share), daemon=True)
    reading.start()
    reading.join(10)
    worker.close()
    assert shares == [0.0]


class Noting:
    """A worker that only notes what it is asked to render."""

    asked: ClassVar[dict[str, str]] = {}
    alive = True
    share = 0.0
    loaded = Loaded(None)

    def poll_loaded(self) -> Loaded:
        return self.loaded

    def render(self, request: RenderRequest) -> Refused:
        self.asked[request.video.name] = request.face
        return Refused(1403, "no")

    def kill(self) -> None:
        self.alive = False

    close = kill


def test_a_task_has_its_own_face_or_the_servers(
    monkeypatch: pytest.MonkeyPatch, jobs: JobStore, tmp_path: Path
) -> None:
    monkeypatch.setattr(embedded, "RenderProcess", Noting)
    folders = Folders(StoragePlace(folder=tmp_path), tmp_path / "work", tmp_path / "analyses")

    def get(url: str, *_: object) -> SimpleNamespace:
        return SimpleNamespace(path=Path(url), shown=url)

    media: Any = SimpleNamespace(get=get)
    added = [
        jobs.add(name, "speech", SyncMode.LOOP, face=face)
        for name, face in (("own", "0.25,0.4"), ("default", None))
    ]
    running = EmbeddedQueue(jobs, media, folders, workers=1, face="largest")
    running.start()
    try:
        deadline = time.monotonic() + 60
        while any(job is None or job.running for job in map(jobs.get, (one.id for one in added))):
            assert time.monotonic() < deadline
            time.sleep(0.01)
    finally:
        running.stop()
    assert Noting.asked == {"own": "0.25,0.4", "default": "largest"}
