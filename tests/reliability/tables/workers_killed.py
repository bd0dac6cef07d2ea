"""Workers killed with -9, a broker that forgets and a database that hangs up, under many jobs."""

from __future__ import annotations

import hashlib
import random
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil

from lipsync_demo.backend.jobs.job import COMPLETED, Filter, Job
from lipsync_demo.backend.stores import Stores
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.schema import Prediction
from tests.boxes import without_credentials
from tests.contract.serving import TOKEN, served
from tests.contract.test_renders import SIZE, face
from tests.media_factory import make_speechlike, make_video
from tests.reliability.fleet import Fleet, fleet, kill, stores_of, until
from tests.reliability.table import Result, Table

RATE = 25
VIDEO_SECONDS = 2
SPEECH_SECONDS = (1, 2, 3, 4)
SECONDS_BETWEEN_KILLS = 6.0
LOOK_SECONDS = 0.5
AWAY_SECONDS = 10.0

Pair = tuple[Path, Path]


@dataclass(frozen=True)
class Siege:
    """How many jobs, workers and kills, and when the broker and the database fail."""

    jobs: int = 200
    workers: int = 3
    speeches: Sequence[int] = SPEECH_SECONDS
    between: float = SECONDS_BETWEEN_KILLS
    least_kills: int = 10
    objects: bool = True


def run(seed: int) -> Result:
    return besieged(seed, Siege())


def besieged(seed: int, siege: Siege) -> Result:
    chosen = random.Random(seed)
    with (
        tempfile.TemporaryDirectory() as made,
        fleet(objects=siege.objects) as crew,
        stores_of(crew) as stores,
    ):
        pairs = media_in(Path(made), siege.speeches)
        wanted = [
            (pairs[number % len(pairs)], list(SyncMode)[number // len(pairs) % len(SyncMode)])
            for number in range(siege.jobs)
        ]
        expected = _embedded(Path(made), set(wanted))
        urls = crew.serve(), crew.serve()
        clients = [crew.client(url) for url in urls]
        for _ in range(siege.workers):
            crew.work()
        crew.ready(stores)
        began = time.monotonic()
        seen = _Seen(clients[1], _submitted(clients, wanted))
        blows = _Blows(crew, stores, chosen)
        with seen:
            while not seen.all_ended or sum(blows.done.values()) < siege.least_kills:
                time.sleep(siege.between)
                crew.ready(stores)
                blows.next(seen.share)
                if seen.all_ended:
                    break
            until(lambda: seen.all_ended, f"tasks do not end: {crew.log()}")
        seconds = time.monotonic() - began
        return _judged(seen, blows, stores, (wanted, expected), seconds)


def media_in(folder: Path, speeches: Sequence[int]) -> list[Pair]:
    """A face that sways, and speeches of several lengths."""
    sway = [face(round(4 * np.sin(2 * np.pi * n / RATE))) for n in range(VIDEO_SECONDS * RATE)]
    video = make_video(folder / "talk.mp4", Fraction(VIDEO_SECONDS), RATE, SIZE, pictures=sway)
    return [(video, make_speechlike(folder / f"speech-{long}.wav", long)) for long in speeches]


def _embedded(folder: Path, wanted: set[tuple[Pair, SyncMode]]) -> dict[tuple[Pair, SyncMode], str]:
    """SHA-256 of what the embedded pool makes of each, without the signature, which is random."""
    with served(folder / "embedded", workers=1) as server:
        client = WaveSpeedClient(TOKEN, server.url, local=True)
        tasks = {one: client.submit(*_uploaded(client, one[0]), one[1]) for one in wanted}
        return {one: _sha(client, client.wait(task)) for one, task in tasks.items()}


def _uploaded(client: WaveSpeedClient, pair: Pair) -> tuple[str, str]:
    return client.upload(pair[0]), client.upload(pair[1])


def _submitted(
    clients: Sequence[WaveSpeedClient], wanted: Sequence[tuple[Pair, SyncMode]]
) -> list[str]:
    """Tasks at the servers by turns, whose inputs are uploaded once."""
    links: dict[tuple[int, Pair], tuple[str, str]] = {}
    tasks = []
    for number, (pair, mode) in enumerate(wanted):
        which = number % len(clients)
        if (which, pair) not in links:
            links[which, pair] = _uploaded(clients[which], pair)
        tasks.append(clients[which].submit(*links[which, pair], mode).id)
    return tasks


def _sha(client: WaveSpeedClient, task: Prediction) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "output.mp4"
        client.download(task.outputs[0], path)
        return hashlib.sha256(without_credentials(path)).hexdigest()


class _Seen:
    """What a client sees of tasks, in a thread; `ends` are all final answers of each."""

    def __init__(self, client: WaveSpeedClient, tasks: Sequence[str]) -> None:
        self.client = client
        self.tasks = tasks
        self.ends: dict[str, Prediction] = {}
        self.refused = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)

    @property
    def share(self) -> float:
        return len(self.ends) / len(self.tasks)

    @property
    def all_ended(self) -> bool:
        return len(self.ends) == len(self.tasks)

    def __enter__(self) -> _Seen:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def changed(self) -> list[str]:
        """Tasks that ended in another way than they end now."""
        return [
            task for task, end in self.ends.items() if self.client.prediction(task).raw != end.raw
        ]

    def _run(self) -> None:
        while not self._over.wait(LOOK_SECONDS):
            for task in self.tasks:
                if task not in self.ends and not self._over.is_set():
                    try:
                        answer = self.client.prediction(task)
                    except Exception:
                        self.refused += 1
                        break
                    if not answer.finished:
                        continue
                    self.ends[task] = answer


class _Blows:
    """Kills one after the other, and one failure each of the broker and the database."""

    def __init__(self, crew: Fleet, stores: Stores, chosen: random.Random) -> None:
        self._crew = crew
        self._stores = stores
        self._chosen = chosen
        self.done: Counter[str] = Counter()

    def next(self, share: float) -> None:
        """Strike once more; `share` of the tasks has ended."""
        if share > 0.3 and not self.done["Redis restarted"]:
            self.done["Redis restarted"] += 1
            self._crew.redis.kill()
            self._crew.redis.start()
        elif share > 0.5 and not self.done["PostgreSQL hung up"]:
            self.done["PostgreSQL hung up"] += 1
            self._crew.postgres.cut()
        elif share > 0.7 and self._crew.s3 and not self.done["object store answering 503"]:
            self.done["object store answering 503"] += 1
            self._crew.s3.away(AWAY_SECONDS)
        else:
            self._kill()

    def _kill(self) -> None:
        running = [one for one in self._crew.workers if one.poll() is None]
        victim = self._chosen.choice(running)
        children = psutil.Process(victim.pid).children()
        if self._chosen.random() < 0.5 and children:
            self.done["kill -9 of a worker's process"] += 1
            self._chosen.choice(children).kill()
        else:
            self.done["kill -9 of a whole worker"] += 1
            kill(victim)
            self._crew.work()


def _judged(
    seen: _Seen,
    blows: _Blows,
    stores: Stores,
    made: tuple[
        Sequence[tuple[Pair, SyncMode]],
        dict[tuple[Pair, SyncMode], str],
    ],
    seconds: float,
) -> Result:
    wanted, expected = made
    count, jobs = stores.jobs.page(Filter(), 1, len(wanted) + 1)
    known = {job.id: job for job in jobs}
    completed = [task for task in seen.tasks if seen.ends[task].status == COMPLETED]
    named = [name for job in jobs for name in job.outputs]
    files = {one.name.rpartition("/")[2] for one in stores.folders.storage.listed("outputs/")}
    other = [
        task
        for task, one in zip(seen.tasks, wanted, strict=True)
        if task in completed and _sha(seen.client, seen.ends[task]) != expected[one]
    ]
    given_up = [job for job in jobs if _given_up(job)]
    changed = seen.changed()
    tries = Counter(job.attempts for job in jobs)
    rows: list[tuple[object, ...]] = [
        ("tasks submitted, stored, ended", f"{len(wanted)}, {count}, {len(seen.ends)}"),
        ("completed / given up after three deaths", f"{len(completed)} / {len(given_up)}"),
        ("attempts: tasks", ", ".join(f"{n}: {tries[n]}" for n in sorted(tries))),
        *((what, times) for what, times in sorted(blows.done.items())),
        ("looks that met a server without database", seen.refused),
        ("outputs named, of those there", f"{len(set(named) & files)} of {len(named)}"),
        ("files of attempts killed at their end", len(files - set(named))),
        (
            "byte for byte the embedded pool's, but for the signature",
            f"{len(completed) - len(other)} of {len(completed)}",
        ),
        ("tasks that ended twice or otherwise later", len(changed)),
        ("tasks a minute meanwhile", f"{60 * len(wanted) / seconds:.0f}"),
    ]
    missed = [
        *(f"{len(other)} outputs differ" for _ in other[:1]),
        *(f"{len(changed)} tasks changed after their end" for _ in changed[:1]),
    ]
    if count != len(wanted) or len(completed) + len(given_up) != len(wanted):
        missed.append(f"{len(completed)} of {len(wanted)} tasks completed, {count} stored")
    if len(named) != len(set(named)) or len(named) != len(completed) or set(named) - files:
        missed.append(f"{len(named)} outputs of {len(completed)} tasks, {len(files)} files")
    if set(known) != set(seen.tasks):
        missed.append("tasks nobody submitted")
    return Result(("what", "count"), rows, missed)


def _given_up(job: Job) -> bool:
    """Whether its workers died three times, after which it fails by design."""
    return job.code == 5000 and job.attempts == 3


def goal(siege: Siege) -> str:
    """What the table has to show."""
    return (
        f"{siege.jobs} tasks in five modes at two servers over one PostgreSQL and one Redis, "
        f"{siege.workers} workers, one of which is killed with -9 every {siege.between:.0f} s, "
        "once all work again; Redis is restarted empty once, every connection to PostgreSQL cut "
        f"once, and the object store answers 503 for {AWAY_SECONDS:.0f} s. Every task ends once, "
        "with one output that is byte for byte the embedded pool's, but for its signature."
    )


TABLE = Table("Workers killed", goal(Siege()), run)
