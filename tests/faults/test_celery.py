"""Celery workers whose broker forgets and repeats, and that are stopped and killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest

from lipsync_demo.backend.jobs.job import COMPLETED, FAILED, PROCESSING, Job
from lipsync_demo.backend.queue.attempt import TIMED_OUT
from lipsync_demo.backend.queue.broker import Broker
from lipsync_demo.backend.queue.celery_app import celery_app
from lipsync_demo.backend.queue.celery_queue import CeleryQueue
from lipsync_demo.backend.stores import Place, Stores, open_stores
from lipsync_demo.media.sync_modes import SyncMode
from tests.contract.test_queues import RATE, face, stored, until
from tests.contract.test_renders import SIZE
from tests.media_factory import make_speechlike, make_video
from tests.servers.redis import RedisServer, redis_server

pytestmark = pytest.mark.slow

LEASE_SECONDS = 4.0
WORK = """
import sys
from pathlib import Path
from lipsync_demo.backend.queue.broker import Broker, Limits
from lipsync_demo.backend.stores import Place
from lipsync_demo.backend.worker import work

url, folder, visibility, render, grace, lease = sys.argv[1:]
broker = Broker(url=url, visibility_seconds=int(visibility))
limits = Limits(
    render_seconds=float(render), grace_seconds=float(grace), lease_seconds=float(lease)
)
sys.exit(work(Place(folder=Path(folder)), broker, limits, processes=1, face="speaking"))
"""


@dataclass(frozen=True)
class Shop:
    """A server's queue over a broker, without workers at first."""

    redis: RedisServer
    queue: CeleryQueue
    stores: Stores
    folder: Path
    video: str
    audio: str

    def submit(self) -> Job:
        job = self.stores.jobs.add(self.video, self.audio, SyncMode.LOOP)
        self.queue.wake()
        return job

    def until(self, job: Job, wanted: Callable[[Job], bool]) -> Job:
        def there() -> Job | None:
            found = self.stores.jobs.get(job.id)
            return found if found is not None and wanted(found) else None

        return until(there)

    @contextmanager
    def worker(
        self, *, visibility: int = 3600, render: float = 600, grace: float = 60
    ) -> Iterator[subprocess.Popen[bytes]]:
        given = (self.redis.url, self.folder, visibility, render, grace, LEASE_SECONDS)
        process = subprocess.Popen([sys.executable, "-c", WORK, *map(str, given)])
        try:
            yield process
        finally:
            if process.poll() is None:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.kill()
                process.kill()
            process.wait()


def rendering(job: Job) -> bool:
    """Whether pictures are being drawn: the work is well under way."""
    return job.status == PROCESSING and (job.share or 0) > 0


def done(job: Job) -> bool:
    return not job.running


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A face that sways for two seconds, and twelve seconds of speech."""
    folder = tmp_path_factory.mktemp("media")
    sway = [face(round(4 * np.sin(2 * np.pi * n / RATE))) for n in range(2 * RATE)]
    video = make_video(folder / "talk.mp4", Fraction(2), RATE, SIZE, pictures=sway)
    return video, make_speechlike(folder / "speech.wav", 12)


@pytest.fixture
def shop(tmp_path: Path, media: tuple[Path, Path]) -> Iterator[Shop]:
    (tmp_path / "redis").mkdir()
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server(tmp_path / "redis"))
        folder = tmp_path / "backend"
        stores = open_stores(Place(folder=folder))
        stack.callback(stores.database.close)
        app = celery_app(Broker(url=redis.url))
        queue = CeleryQueue(stores.jobs, stores.workers, stores.folders, app)
        queue.start()
        stack.callback(queue.stop)
        video, audio = (stored(stores, path) for path in media)
        yield Shop(redis, queue, stores, folder, video, audio)


def test_a_rendering_longer_than_the_visibility_timeout_happens_once(shop: Shop) -> None:
    job = shop.submit()
    with shop.worker(visibility=1):
        ended = shop.until(job, done)
        assert (ended.status, ended.attempts) == (COMPLETED, 1)
        assert ended.inference_ms > 1000
        # Whoever gets the message again finds nothing to do, and this job is not touched.
        following = shop.until(shop.submit(), done)
        assert (following.status, following.attempts) == (COMPLETED, 1)
    assert shop.stores.jobs.get(job.id) == ended
    assert len(list(shop.stores.folders.storage.listed("outputs/"))) == 2


def test_a_broker_that_lost_everything_is_told_again(shop: Shop) -> None:
    jobs = [shop.submit() for _ in range(3)]
    deadline = time.monotonic() + 60
    while shop.queue.sweep() != 0:
        assert time.monotonic() < deadline
    shop.redis.kill()
    jobs.append(shop.submit())
    shop.redis.start()
    with shop.worker():
        assert {shop.until(job, done).status for job in jobs} == {COMPLETED}
    assert shop.queue.health().problem is not None or shop.queue.health().ready


def test_a_killed_workers_job_goes_to_another_when_its_lease_ends(shop: Shop) -> None:
    job = shop.submit()
    with shop.worker() as first, shop.worker():
        claimed = shop.until(job, rendering)
        parents = {
            child.ppid() for child in psutil.process_iter() if child.pid == _process(claimed)
        }
        victim = parents.pop()
        for process in (*psutil.Process(victim).children(recursive=True), psutil.Process(victim)):
            process.kill()
        ended = shop.until(job, done)
        assert first.poll() is not None or victim != first.pid
    assert (ended.status, ended.attempts) == (COMPLETED, 2)
    assert ended.worker != claimed.worker
    assert len(list(shop.stores.folders.storage.listed("outputs/"))) == 1


def test_a_worker_told_to_end_finishes_what_it_can_and_hands_back_the_rest(shop: Shop) -> None:
    job, waiting = shop.submit(), shop.submit()
    with shop.worker() as patient:
        shop.until(job, rendering)
        patient.send_signal(signal.SIGTERM)
        assert patient.wait(60) == 0
    finished, left = shop.stores.jobs.get(job.id), shop.stores.jobs.get(waiting.id)
    assert finished is not None
    assert (finished.status, finished.attempts) == (COMPLETED, 1)
    assert left is not None
    assert left.attempts == 0
    with shop.worker(grace=0.01) as hasty:
        shop.until(waiting, rendering)
        hasty.send_signal(signal.SIGTERM)
        assert hasty.wait(60) == 0
    handed = shop.stores.jobs.get(waiting.id)
    assert handed is not None
    assert (handed.status, handed.attempts) == ("created", 0)


def test_a_rendering_over_its_time_ends_with_a_sentence(shop: Shop) -> None:
    job = shop.submit()
    with shop.worker(render=1):
        ended = shop.until(job, done)
        assert (ended.status, ended.code, ended.attempts) == (FAILED, TIMED_OUT, 1)
        assert "shorter or smaller video" in ended.error


def _process(job: Job) -> int:
    """The process that renders a job."""
    assert job.worker is not None
    return int(job.worker.rpartition(":")[2])
