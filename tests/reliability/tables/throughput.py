"""How many tasks workers finish, and what each task asks of the broker and the database."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import count as count_up

from lipsync_demo.backend.jobs.job import COMPLETED, CREATED, PROCESSING, Filter
from lipsync_demo.backend.stores import Stores
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.settings import Settings
from lipsync_demo.ui.inputs.samples import FIRST
from tests.media_factory import make_speechlike
from tests.reliability.counted import Count, count
from tests.reliability.fleet import Fleet, fleet, kill, stores_of, until
from tests.reliability.table import Result, Table

EFFICIENCY = 0.9
AT_ONCE = 8
"""Processes of one worker of those that sleep: they share its memory."""
IDLE_SECONDS = 10.0
SPEECH_SECONDS, RATE = 4, 100


@dataclass(frozen=True)
class Load:
    """How many tasks each process gets, and for how many of them to measure."""

    real: Sequence[int] = (1, 2)
    asleep: Sequence[int] = (1, 2, 4, 8, 16, 32)
    each: int = 4
    idle_seconds: float = IDLE_SECONDS
    objects: bool = True
    seconds: float | None = None
    """How long the sleeping ones take; None for what real ones took."""


def run(seed: int) -> Result:
    del seed  # nothing is random
    return measured(Load())


def measured(load: Load) -> Result:
    with fleet(Settings().lease_seconds) as crew, stores_of(crew) as stores:
        bench = _Bench(crew, stores)
        for workers in load.real:
            for _ in range(workers):
                crew.work()
            bench.measure("engine", workers, load)
        pause = load.seconds or round(statistics.median(bench.inferences()), 1)
        for workers in load.asleep:
            for first in range(0, workers, AT_ONCE):
                crew.work_asleep(pause, min(AT_ONCE, workers - first))
            bench.measure(f"sleep of {pause} s", workers, load, pause)
    if load.objects:
        with fleet(Settings().lease_seconds, objects=True) as crew, stores_of(crew) as stores:
            crew.work_asleep(pause, 2)
            other = _Bench(crew, stores)
            other.measure(f"sleep of {pause} s, files in an object store", 2, load, pause)
            bench.rows += other.rows
            bench.missed += other.missed
    return Result(COLUMNS, bench.rows, bench.missed)


COLUMNS = (
    "render",
    "workers",
    "tasks a minute",
    "efficiency",
    "Redis commands a task",
    "transactions a task",
    "rows written a task",
    "object store's requests a task",
    "CPU ms a task of Redis / PostgreSQL",
    "idle workers, a second: commands / transactions",
    "connections",
    "load",
)


class _Bench:
    """Tasks of one video with new speeches; `rows` and `missed` tell what was measured."""

    def __init__(self, crew: Fleet, stores: Stores) -> None:
        self.rows: list[tuple[object, ...]] = []
        self.missed: list[str] = []
        self._crew = crew
        self._stores = stores
        self._client = crew.client(crew.serve())
        self._video = self._client.upload(FIRST.video)
        self._speeches = count_up()
        self._looks = 0
        self._alone: dict[str, float] = {}

    def inferences(self) -> list[float]:
        """Seconds of all renderings so far."""
        return [job.inference_ms / 1000 for job in self._stores.jobs.page(Filter(), 1, 1000)[1]]

    def measure(self, render: str, workers: int, load: Load, pause: float | None = None) -> None:
        """Measure the workers that run, then end them."""
        self._crew.ready(self._stores)
        self._rendered(workers)  # whose models are loaded then, and the analyses kept
        idle = self._asked(lambda: time.sleep(load.idle_seconds))
        seconds, number = [0.0], load.each * workers
        looks = -self._looks
        asked = self._asked(lambda: seconds.append(self._rendered(number)))
        looks += self._looks
        for worker in self._crew.workers:
            kill(worker)
        self._crew.workers.clear()
        self._stores.workers.forget(0)
        rate = number / seconds[-1]
        alone = self._alone.setdefault(render, 1 / pause if pause else rate / workers)
        efficiency = rate / workers / alone
        # The object store of the tests is one process, and slow.
        if pause and not self._crew.s3 and efficiency < EFFICIENCY:
            self.missed.append(f"{workers} workers are {efficiency:.2f} efficient")

        def each(of_busy: float, of_idle: float) -> float:
            """What a task asks beyond what is asked without one."""
            return max(0.0, of_busy - of_idle * asked.seconds / idle.seconds) / number

        cpu = (
            1000 * each(asked.redis_cpu, idle.redis_cpu),
            1000 * each(asked.postgres_cpu, idle.postgres_cpu),
        )
        self.rows.append(
            (
                render,
                workers,
                f"{60 * rate:.0f}",
                f"{efficiency:.2f}",
                f"{each(asked.commands, idle.commands):.1f}",
                f"{each(asked.transactions, idle.transactions):.1f}",
                f"{each(asked.rows_written, idle.rows_written):.1f}",
                f"{each(asked.stored - looks, idle.stored):.1f}" if self._crew.s3 else "–",
                f"{cpu[0]:.1f} / {cpu[1]:.1f}",
                f"{idle.commands / idle.seconds:.1f} / {idle.transactions / idle.seconds:.1f}",
                asked.connections,
                f"{os.getloadavg()[0]:.0f}",
            )
        )

    def _asked(self, during: Callable[[], object]) -> Count:
        before = count(self._crew)
        during()
        return count(self._crew).since(before)

    def _rendered(self, number: int) -> float:
        """Seconds until so many tasks that all wait at once have been rendered."""
        jobs, modes = self._stores.jobs, list(SyncMode)
        links = [(self._video, self._speech()) for _ in range(number)]
        outputs = self._stores.folders.storage
        there = len([*outputs.listed("outputs/")])
        began = time.monotonic()
        made = [
            jobs.add(*link, modes[n % len(modes)]).id for n, link in enumerate(links[: number - 1])
        ]
        made.append(self._client.submit(*links[-1], modes[-1]).id)

        # Files are looked at, as a question to the database would be counted.
        def all_there() -> bool:
            self._looks += 1
            return len([*outputs.listed("outputs/")]) >= there + number

        until(all_there, self._crew.log())
        seconds = time.monotonic() - began
        until(lambda: not jobs.count(CREATED) + jobs.count(PROCESSING), self._crew.log())
        ended = jobs.page(Filter(ids=made), 1, number)[1]
        odd = [job for job in ended if (job.status, job.attempts) != (COMPLETED, 1)]
        self.missed += [f"{len(odd)} tasks were not rendered at once"] if odd else []
        return seconds

    def _speech(self) -> str:
        """The link to a speech that nobody has heard: no drawing is taken from another's."""
        path = self._crew.folder / "speech.wav"
        make_speechlike(path, SPEECH_SECONDS + Fraction(next(self._speeches), RATE))
        return self._client.upload(path)


TABLE = Table(
    "Throughput of workers",
    "The first sample's video with a new speech each time, in all modes by turns, on workers of "
    "this machine; then the engine is replaced by a sleep of its measured median. Efficiency is "
    f"the share of the workers' time that is rendering, at least {EFFICIENCY} of each number of "
    "sleepers. What a task asks of the broker and the database is counted by themselves, less what "
    "workers without tasks ask.",
    run,
)
