"""A real server on a real port in a thread of this process, for one test at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lipsync_demo.backend.app import Options
from lipsync_demo.backend.faults.switches import Faults
from lipsync_demo.backend.jobs.job import JobResult
from lipsync_demo.backend.jobs.store import JobStore
from lipsync_demo.backend.schema import open_database
from lipsync_demo.backend.server import listen, make_server
from lipsync_demo.backend.stores import Place
from lipsync_demo.storage import StoragePlace

TOKEN = "a-test-token"


@dataclass(frozen=True)
class Served:
    url: str
    folder: Path
    token: str = TOKEN


def complete(server: Served, task_id: str, content: bytes = b"a video", **outcome: Any) -> None:
    """Complete a waiting task, as a worker would."""
    name = "5" * 32 + ".mp4"
    (server.folder / "outputs" / name).write_bytes(content)
    end(server, task_id, JobResult(outputs=(name,), **{"nsfw": (False,), **outcome}))


def end(server: Served, task_id: str, outcome: JobResult) -> None:
    """Complete the oldest waiting task, which must be this one."""
    database = open_database(f"sqlite:///{server.folder / 'jobs.sqlite3'}")
    jobs = JobStore(database)
    job = jobs.claim()
    assert job is not None
    assert job.id == task_id
    jobs.finish(job, outcome)
    database.close()


@contextlib.contextmanager
def served(
    folder: Path,
    *faults: str,
    workers: int = 0,
    limit_bytes: int = 200 << 20,
    allow_private: bool = False,
    storage: StoragePlace | None = None,
    **options: Any,
) -> Iterator[Served]:
    """Serve from `folder`; without workers nothing is rendered, tasks stay `created`.

    `options` are fields of `Options`.
    """
    ready = threading.Event()
    with listen("127.0.0.1", 0) as sock:
        made = Options(
            place=Place(
                folder=folder,
                limit_bytes=limit_bytes,
                allow_private=allow_private,
                storage=storage,
            ),
            token=TOKEN,
            workers=workers,
            faults=Faults(faults),
            **options,
        )
        server = make_server(made, ready.set)
        thread = threading.Thread(target=server.run, args=([sock],), name="served")
        thread.start()
        try:
            assert ready.wait(30), "the server does not listen"
            yield Served(f"http://127.0.0.1:{sock.getsockname()[1]}", folder)
        finally:
            server.stop()
            thread.join()
