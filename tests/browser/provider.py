"""The hosted API's part, played by the real local server without workers.

A test ends a task as a worker would, so it decides when and with which video.
"""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from tests.contract.serving import Served

PATIENCE = 90.0


@dataclass(frozen=True)
class Provider:
    server: Served

    @property
    def url(self) -> str:
        return self.server.url

    @property
    def key(self) -> str:
        return self.server.token

    def complete(self, video: Path, nsfw: bool = False, count: int = 1) -> None:
        """Complete every waiting task, at least `count`, with this video."""
        deadline = time.monotonic() + PATIENCE
        ended = 0
        while (ended := ended + self.end_waiting(video, nsfw)) < count:
            assert time.monotonic() < deadline, "no task was submitted"
            time.sleep(0.1)

    def end_waiting(self, video: Path, nsfw: bool = False) -> int:
        """Complete every task that waits now with this video; return their number."""
        name = f"{time.monotonic_ns():032x}.mp4"
        shutil.copyfile(video, self.server.folder / "outputs" / name)
        database = open_database(f"sqlite:///{self.server.folder / 'jobs.sqlite3'}")
        ended = 0
        try:
            jobs = JobStore(database)
            while (job := jobs.claim()) is not None:
                jobs.finish(
                    job, JobResult(outputs=(name,), nsfw=(nsfw,), queue_ms=30, inference_ms=1234.5)
                )
                ended += 1
        finally:
            database.close()
        return ended
