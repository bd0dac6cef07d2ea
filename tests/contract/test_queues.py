"""What every queue of jobs does, with real renderings: the embedded one, and Celery over Redis.

Celery once in one folder, and once with a worker that shares none.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import numpy as np
import psutil
import pytest

from lipsync_demo.backend.jobs.job import COMPLETED, CREATED, PROCESSING, Filter, Job
from lipsync_demo.backend.jobs.media_sources import output_name
from lipsync_demo.backend.queue.base import JobQueue
from lipsync_demo.backend.queue.broker import Broker
from lipsync_demo.backend.queue.celery_app import celery_app
from lipsync_demo.backend.queue.celery_queue import CeleryQueue
from lipsync_demo.backend.queue.embedded import EmbeddedQueue
from lipsync_demo.backend.stores import Place, Stores, open_stores
from lipsync_demo.engine import lip_sync
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.provenance.marking import Marking
from lipsync_demo.provenance.signatory import FOLDER, Signatory
from lipsync_demo.storage import StoragePlace
from tests.boxes import unsigned
from tests.contract.test_renders import SIZE, face
from tests.media_factory import make_speechlike, make_video
from tests.servers.postgresql import postgres_server
from tests.servers.redis import redis_server
from tests.servers.s3 import BUCKET, S3Server, s3_server

pytestmark = pytest.mark.slow

Running: TypeAlias = tuple[JobQueue, Callable[[], list[psutil.Process]]]
"""A queue, and the processes that render for it."""

PATIENCE_SECONDS = 120
RATE = 25
ORIGIN = "http://127.0.0.1:1"


@dataclass(frozen=True)
class Setting:
    """A running queue and its stores.

    `renders` are the processes that render, and `work` is the folder in which they do. `objects`
    keeps uploads and outputs, None where a folder does.
    """

    queue: JobQueue
    stores: Stores
    renders: Callable[[], list[psutil.Process]]
    video: str
    audio: str
    work: Path
    objects: S3Server | None

    def submit(
        self, mode: SyncMode = SyncMode.CUT_OFF, *, turn: str | None = None, patient: bool = False
    ) -> Job:
        job = self.stores.jobs.add(self.video, self.audio, mode, turn=turn, patient=patient)
        self.queue.wake()
        return job

    def all(self, jobs: Sequence[Job]) -> list[Job]:
        """These jobs as they are now."""
        ids = {job.id for job in jobs}
        return self.stores.jobs.page(Filter(ids=ids), 1, len(ids))[1]

    def until(self, job: Job, *statuses: str) -> Job:
        """The job as soon as it has one of these statuses."""

        def there() -> Job | None:
            found = self.stores.jobs.get(job.id)
            return found if found is not None and found.status in statuses else None

        return until(there)

    def output(self, job: Job) -> bytes:
        """The bytes of its output as they were before it was signed, which it is."""
        signed = b"".join(self.stores.folders.storage.read(output_name(job.outputs[0])))
        before = unsigned(signed)
        assert before != signed
        return before


def until(found: Callable[[], Job | None]) -> Job:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (job := found()) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return job


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A face that sways for two seconds, and as much speech."""
    folder = tmp_path_factory.mktemp("media")
    sway = [face(round(4 * np.sin(2 * np.pi * n / RATE))) for n in range(2 * RATE)]
    video = make_video(folder / "talk.mp4", Fraction(2), RATE, SIZE, pictures=sway)
    return video, make_speechlike(folder / "speech.wav", 2)


def stored(stores: Stores, path: Path) -> str:
    """The URL of an upload of this file."""
    upload = stores.uploads.announce(path.name, path.stat().st_size, None)
    with stores.uploads.writing(upload) as file:
        file.write(path.read_bytes())
    return f"{ORIGIN}/uploads/{upload.name}"


@contextmanager
def embedded(stores: Stores, folder: Path) -> Iterator[Running]:
    queue = EmbeddedQueue(
        stores.jobs,
        stores.media,
        stores.folders,
        workers=1,
        face="speaking",
        marking=Marking(Signatory(folder / FOLDER)),
    )

    def renders() -> list[psutil.Process]:
        mine = psutil.Process().children()
        return [child for child in mine if "spawn_main" in " ".join(child.cmdline())]

    queue.start()
    try:
        yield queue, renders
    finally:
        queue.stop()


@contextmanager
def celery(stores: Stores, folder: Path, **settings: str) -> Iterator[Running]:
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(folder / "redis"))
        worker = stack.enter_context(celery_worker(redis.url, folder, **settings))
        app = celery_app(Broker(url=redis.url))
        queue = CeleryQueue(stores.jobs, stores.workers, stores.folders, app)
        queue.start()
        stack.callback(queue.stop)
        yield queue, lambda: psutil.Process(worker.pid).children()


@contextmanager
def celery_worker(
    url: str, folder: Path, *options: str, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A running worker with one process."""
    command = [sys.executable, "-m", "lipsync_demo", "worker", "--concurrency", "1", *options]
    environment = {**os.environ, "LIPSYNC_QUEUE_URL": url, "LIPSYNC_DATA_DIR": str(folder)}
    environment.update(settings)
    worker = subprocess.Popen(command, env=environment)
    try:
        yield worker
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(PATIENCE_SECONDS)


@contextmanager
def apart(folder: Path) -> Iterator[tuple[Stores, AbstractContextManager[Running], S3Server]]:
    """A queue over Celery that shares no folder with its worker: PostgreSQL and an object store."""
    with postgres_server() as postgres, s3_server() as objects:
        database, url = postgres.database(), f"s3://{BUCKET}/lipsync"
        storage = StoragePlace(folder=folder, url=f"{url}/backend")
        stores = open_stores(
            Place(folder=folder / "backend", database_url=database, storage=storage)
        )
        (folder / "elsewhere").mkdir()
        settings = {
            "LIPSYNC_DATABASE_URL": database,
            "LIPSYNC_STORAGE_URL": url,
            "LIPSYNC_DATA_DIR": str(folder / "elsewhere"),
        }
        yield stores, celery(stores, folder, **settings), objects


@pytest.fixture(scope="module", params=["embedded", "celery", "apart"])
def setting(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    media: tuple[Path, Path],
) -> Iterator[Setting]:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "redis").mkdir()
    objects = None
    with ExitStack() as stack:
        if request.param == "apart":
            stores, chosen, objects = stack.enter_context(apart(folder))
            work = folder / "elsewhere" / "backend" / "work"
        else:
            stores = open_stores(Place(folder=folder / "backend"))
            chosen = {"embedded": embedded, "celery": celery}[request.param](stores, folder)
            work = stores.folders.work
        stack.callback(stores.database.close)
        video, audio = (stored(stores, path) for path in media)
        queue, renders = stack.enter_context(chosen)
        yield Setting(
            queue=queue,
            stores=stores,
            renders=renders,
            video=video,
            audio=audio,
            work=work,
            objects=objects,
        )


@pytest.fixture(scope="module")
def expected(media: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    output = tmp_path_factory.mktemp("expected") / "output.mp4"
    lip_sync(*media, SyncMode.CUT_OFF, output)
    return output.read_bytes()


def test_a_job_is_rendered_as_the_engine_does_it(setting: Setting, expected: bytes) -> None:
    job = setting.submit()
    seen: set[float] = set()

    def done() -> Job | None:
        found = setting.stores.jobs.get(job.id)
        assert found is not None
        share = setting.queue.share(found) if found.status == PROCESSING else None
        seen.update([] if share is None else [share])
        return None if found.running else found

    ended = until(done)
    assert (ended.status, ended.attempts, len(ended.outputs)) == (COMPLETED, 1, 1)
    assert setting.output(ended) == expected
    assert all(0 <= share <= 1 for share in seen)
    health = setting.queue.health()
    assert (health.ready, health.problem, health.workers) == (True, None, 1)


def test_a_cancelled_job_ends_and_the_next_is_rendered(setting: Setting, expected: bytes) -> None:
    job, following = setting.submit(SyncMode.LOOP), setting.submit()
    setting.until(job, PROCESSING)
    setting.stores.jobs.cancel(job.id)
    setting.queue.cancel(job.id)
    ended = setting.until(following, COMPLETED)
    assert setting.output(ended) == expected
    assert setting.until(job, "cancelled").outputs == []


def test_a_job_whose_process_is_killed_is_rendered_again(setting: Setting, expected: bytes) -> None:
    job = setting.submit()
    setting.until(job, PROCESSING)
    for process in setting.renders():
        process.kill()
    ended = setting.until(job, COMPLETED)
    assert ended.attempts == 2
    assert setting.output(ended) == expected
    assert len(list(setting.stores.folders.storage.listed("outputs/"))) == 3


@pytest.mark.parametrize("patient", [True, False])
def test_a_batch_of_a_hundred_holds_back_no_single_run_of_another(
    setting: Setting, patient: bool
) -> None:
    jobs = setting.stores.jobs
    batch = [setting.submit(turn=f"anna {patient}", patient=patient) for _ in range(100)]
    until(lambda: next((job for job in setting.all(batch) if job.status == COMPLETED), None))
    single = setting.submit(turn=f"ben {patient}")
    before = sum(not job.running for job in setting.all(batch))
    setting.until(single, COMPLETED)
    claimed = sum(job.status != CREATED for job in setting.all(batch)) - before
    for job in batch:
        jobs.cancel(job.id)
        setting.queue.cancel(job.id)
    # The one under way, the next one, and what a batch is now and then preferred.
    assert claimed <= (2 if not patient else 9)


@pytest.mark.parametrize("setting", ["apart"], indirect=True)
def test_an_object_store_that_is_away_costs_no_job(setting: Setting, expected: bytes) -> None:
    assert setting.objects is not None
    storage = setting.stores.folders.storage
    before = {one.name for one in storage.listed("outputs/")}
    jobs = [setting.submit() for _ in range(3)]
    setting.until(jobs[0], PROCESSING)
    setting.objects.away(10)
    ended = [setting.until(job, COMPLETED) for job in jobs]
    assert [job.attempts for job in ended] == [1] * 3
    assert all(setting.output(job) == expected for job in ended)
    made = {output_name(name) for job in ended for name in job.outputs}
    assert {one.name for one in storage.listed("outputs/")} == before | made
    assert len(made) == 3


def test_no_job_is_left_when_all_have_ended(setting: Setting) -> None:
    jobs = [setting.submit(), setting.submit(patient=True)]
    for job in jobs:
        setting.until(job, COMPLETED)
    assert setting.stores.jobs.count(CREATED) == setting.stores.jobs.count(PROCESSING) == 0
    until(lambda: None if list(setting.work.iterdir()) else jobs[0])
