from __future__ import annotations

import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from lipsync_demo.backend.jobs import pool
from lipsync_demo.backend.jobs.live import LiveFolder
from lipsync_demo.backend.jobs.pool import Worker, WorkerDied
from lipsync_demo.backend.jobs.worker import RenderRequest
from lipsync_demo.media.sync_modes import SyncMode

ORDER = RenderRequest(
    Path("v"), Path("a"), SyncMode.LOOP, Path("o"), Path("k"), "speaking", LiveFolder(Path("f"))
)


def hang_up(connection: Connection, share: object) -> None:
    """As the system ends a killed process: its pipe first, itself later."""
    connection.close()
    time.sleep(600)


def test_a_worker_that_hung_up_has_ended_when_that_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pool, "main", hang_up)
    worker = Worker()
    try:
        with pytest.raises(WorkerDied):
            worker.render(ORDER)
        assert not worker.alive
    finally:
        worker.close()
