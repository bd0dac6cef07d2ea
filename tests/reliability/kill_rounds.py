"""Rounds of kill -9 at the app, its backend, a worker or a look, during real runs."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from filelock import FileLock, Timeout

from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.faults.scripted_api import KEY, ScriptedApi
from tests.forked import Forked
from tests.reliability.host import READY
from tests.reliability.leaks import files_left, holders
from tests.reliability.sentences import faults_of

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 300.0
"""Seconds until runs that do not come to rest are given up."""
STEP = 0.05
LONGEST_WAIT = 0.5
"""Seconds after the request that a round awaits, within which somebody is killed."""
AWAITED = ("", "ticket", "put", "submit", "look", "output")
"""Requests at the provider after which somebody is killed; the first stands for none."""
VICTIMS = ("app", "backend", "worker", "look")
PAID = 2
"""Paid runs a round."""


@dataclass
class Round:
    """What became of one kill.

    `states` are those in which it met the runs; `by` says what a person had to do, if anything.
    """

    name: str
    victim: str
    states: list[str] = field(default_factory=list)
    by: str = "nobody"
    missed: list[str] = field(default_factory=list)


class Host:
    """The app's process tree on one data folder, which outlives it."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.settings = settings
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self._log = folder / "host.log"
        self._process: Forked | None = None

    def start(self) -> None:
        """Start it and wait until it serves."""
        ours = ("WAVESPEED", "LIPSYNC")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        self._log.unlink(missing_ok=True)
        self._process = Forked(
            "tests.reliability.host",
            environment={
                **kept,
                "TMPDIR": str(self.temporary),
                "LIPSYNC_DATA_DIR": str(self.settings.data_dir),
                "LIPSYNC_BACKEND": "wavespeed",
                "LIPSYNC_WORKERS": "1",
                "WAVESPEED_BASE_URL": self.settings.base_url,
                "WAVESPEED_API_KEY": KEY,
            },
            folder=ROOT,
            stdout=self._log,
            stderr=self._log,
        )
        _until(lambda: READY in self.log() or not self.running, "it does not serve")
        assert self.running, self.log()

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8") if self._log.exists() else ""

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def family(self) -> dict[str, list[psutil.Process]]:
        """Its processes by what they are."""
        found: dict[str, list[psutil.Process]] = {name: [] for name in VICTIMS}
        if not self.running:
            return found
        assert self._process is not None
        app = psutil.Process(self._process.pid)
        found["app"].append(app)
        for child in app.children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                kind = _kind(child)
                found[kind].append(child)
        return found

    def end(self) -> None:
        """Kill all of it."""
        for processes in self.family().values():
            for process in processes:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        if self._process is not None:
            self._process.wait(PATIENCE)


def _kind(process: psutil.Process) -> str:
    command = process.cmdline()
    if "lipsync_demo.looks" in command:
        return "look"
    return "backend" if "backend" in command else "worker"


class Rounds:
    """Kills at one host, each while runs of its own are under way."""

    def __init__(self, api: ScriptedApi, media: Path, folder: Path) -> None:
        self.settings = Settings(
            data_dir=folder / "data",
            base_url=api.url,
            api_key=KEY,
            backend="wavespeed",
            workers=1,
        )
        self.host = Host(self.settings, folder)
        self._api, self._media, self._folder = api, media, folder

    def __enter__(self) -> Rounds:
        self.host.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.host.end()

    def again(self) -> None:
        """Begin anew after a round that failed."""
        self.host.end()
        self.host.start()

    def round(self, victim: str, seed: int) -> Round:
        """Start runs, kill at a random moment, and bring all runs to their end."""
        chosen = random.Random(seed)
        found = Round(f"{victim}-{seed}", victim)
        with Workspace(self.settings) as work:
            awaited = chosen.choice(AWAITED)
            before = self._api.counts[awaited]
            begun = list(self._begun(work, victim, seed))
            if awaited:
                _until(lambda: self._api.counts[awaited] > before, f"no {awaited} comes")
            time.sleep(chosen.uniform(0, LONGEST_WAIT))
            found.states = [str(work.runs.get(run.id).state) for run in begun]
            self._kill(victim, found, chosen)
            runs = [self._rested(work, run.id, found) for run in begun]
            runs = [self._finished(work, run, found) for run in runs]
            for run in runs:
                self._paid_once(run, found)
        found.missed += self._orphans()
        found.missed += holders(self.settings.data_dir, KEY)
        return found

    def _begun(self, work: Workspace, victim: str, seed: int) -> Iterator[Run]:
        """Runs that the host takes up: paid ones of files never seen, and for some a local one."""
        begin = work.dispatcher.begin
        work.dispatcher.begin = lambda run, key, *, left: begin(run, key, left=True)  # type: ignore[method-assign]
        for number in range(PAID):
            clip = self._folder / f"{victim}-{seed}-{number}.mp4"
            shutil.copyfile(self._media / "clip.mp4", clip)
            with clip.open("ab") as file:
                file.write(clip.name.encode())
            yield work.service.start(clip, self._media / "speech.wav", "loop")
        if victim in ("worker", "backend") or (victim == "app" and seed % 3 == 0):
            face = self._media / "face.mp4"
            yield work.service.start(face, self._media / "speech.wav", "loop", backend="local")
        work.dispatcher.begin = begin  # type: ignore[method-assign]

    def _kill(self, victim: str, found: Round, chosen: random.Random) -> None:
        family = self.host.family()
        if not family[victim]:
            _until(lambda: bool(self.host.family()[victim]), f"no {victim} begins")
            family = self.host.family()
        assert family[victim], f"there is no {victim} to kill"
        # Of looks: the process that they are forked from, or one of them.
        process = chosen.choice(family[victim])
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
        if victim == "app":
            others = [one for kind, every in family.items() if kind != "app" for one in every]
            _, alive = psutil.wait_procs(others, timeout=PATIENCE / 10)
            found.missed += [f"orphan {' '.join(one.cmdline()[:4])}" for one in alive]
            self.host.start()

    def _rested(self, work: Workspace, run_id: str, found: Round) -> Run:
        until = time.monotonic() + PATIENCE
        while (run := work.runs.get(run_id)).state.active and time.monotonic() < until:
            time.sleep(STEP)
        if run.state.active:
            found.missed.append(f"hangs, {run.state}: {run.trouble}")
        if run.state is not RunState.DONE:
            error = run.error
            texts = (error.what, error.hint) if error else (None,)
            found.missed += [wrong for text in texts for wrong in faults_of(text, KEY)]
        return run

    def _finished(self, work: Workspace, run: Run, found: Round) -> Run:
        """The run, resumed or submitted again where it says so."""
        if run.state is RunState.DONE:
            return run
        allowed = RunState.FAILED if found.victim == "look" else RunState.UNCLEAR
        if run.state is not allowed:
            found.missed.append(f"{run.state}: {run.error}")
        if run.state is RunState.UNCLEAR:
            if self._tasks(run):
                found.missed.append(f"its task is not found: {run.error}")
            found.by = "another click"
            return work.service.wait(work.service.submit_again(run.id).id)
        found.by = "resuming"
        try:
            return work.service.wait(work.service.resume(run.id).id)
        except RunRefused as error:
            found.missed.append(str(error))
            return run

    def _paid_once(self, run: Run, found: Round) -> None:
        if run.state is not RunState.DONE:
            found.missed.append(f"is {run.state} at the end: {run.error}")
            return
        if not (run.output and run.output.is_file()):
            found.missed.append("its output is lost")
        if run.backend == "wavespeed" and len(self._tasks(run)) != 1:
            found.missed.append(f"{len(self._tasks(run))} tasks of one click")
        if run.backend == "local" and (count := self._local_tasks(run)) != 1:
            found.missed.append(f"{count} local tasks of one click")

    def _tasks(self, run: Run) -> list[str]:
        """The tasks at the provider with this run's inputs."""
        asked = dict(run.request or {})
        with self._api.lock:
            tasks = list(self._api.tasks.items())
        return [task for task, body in tasks if body["input"].get("video") == asked.get("video")]

    def _local_tasks(self, run: Run) -> int:
        database = sqlite3.connect(self.settings.data_dir / "backend" / "jobs.sqlite3")
        try:
            wanted = (f"%{dict(run.request or {})['video'].rpartition('/')[2]}%",)
            rows = database.execute("select count(*) from jobs where video like ?", wanted)
            return int(rows.fetchone()[0])
        finally:
            database.close()

    def _orphans(self) -> list[str]:
        """Files, folders, leases and processes that belong to nobody."""
        data = self.settings.data_dir
        found = files_left(data, self.host.temporary)
        with Workspace(self.settings) as work:
            known = {run.id for run in work.runs.list(1000)}
        found += [
            f"folder {one.name}" for one in (data / "runs").iterdir() if one.name not in known
        ]
        for lock in (data / "owners").glob("*.lock"):
            try:
                FileLock(lock).acquire(blocking=False)
            except Timeout:
                continue
            found.append(f"lease {lock.name}")
        return found


def _until(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(STEP)
