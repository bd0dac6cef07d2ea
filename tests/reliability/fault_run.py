"""One run through its faults: how it ends, what it takes to get it done, and what it leaves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.wavespeed.errors import WaveSpeedError
from tests.reliability.fault_cases import HELD, Case
from tests.reliability.hurried import hurried
from tests.reliability.leaks import Leaks, Log, files_left, holders, temporary_files_in
from tests.reliability.proxy import Proxy, proxied
from tests.reliability.sentences import faults_of
from tests.reliability.worlds import World, world

PATIENCE = 60.0
"""Seconds until a run that neither ends nor says why is given up."""
TRIES = 4
"""How often a person asks for a deletion: with shortened patience a busy server is too slow."""
POLLS = 3
"""Looks at a task that never ends, before a person stops waiting."""


@dataclass
class Outcome:
    """What became of one case.

    `became` is the state in which the run first rested, or what a person read meanwhile; `by` says
    what it took to get it done.
    """

    became: str = ""
    by: str = "itself"
    clicks: int = 1
    tasks: int = 0
    missed: list[str] = field(default_factory=list)


def drive(case: Case, media: Path, folder: Path) -> Outcome:
    """Run a case in a folder of its own."""
    outcome = Outcome()
    log = Log()
    folder.mkdir(parents=True)
    with hurried(), temporary_files_in(folder / "tmp"), log.listening():
        leaks = Leaks()
        with (
            proxied(case.cuts) as proxy,
            world(case.hosting, proxy, media, folder, case.switches) as given,
        ):
            if "cancel" not in [stage for stage, _ in case.harms]:
                given.render.set()
            with Workspace(given.settings, local=given.local) as work:
                _Driver(case, given, proxy, work, outcome).drive()
            outcome.missed += files_left(folder / "tmp", given.settings.data_dir)
            outcome.missed += holders(given.settings.data_dir, given.key)
            key = given.key
        outcome.missed += leaks.left()
    outcome.missed += [f"a mistake in the log: {text}" for text in log.mistakes]
    outcome.missed += ["the key in the log" for text in log.texts if key in text]
    return outcome


class _Driver:
    def __init__(
        self, case: Case, given: World, proxy: Proxy, work: Workspace, outcome: Outcome
    ) -> None:
        self._case, self._given, self._proxy = case, given, proxy
        self._work, self._outcome = work, outcome
        self._media = given.inputs
        self._healed = False

    def drive(self) -> None:
        service, outcome = self._work.service, self._outcome
        run = service.start(*self._media, "loop")
        run = self._stopped(run) if self._case.stopped else self._rested(run.id)
        outcome.became = str(run.state)
        if run.state.active:
            run = self._held(run)
        if run.state is not RunState.DONE:
            outcome.missed += self._read(run)
            run = self._again(run)
        elif self._case.needs_nobody and outcome.by != "itself":
            outcome.missed.append(f"needed {outcome.by}")
        if run.state is not RunState.DONE:
            outcome.missed.append(f"is {run.state} at the end: {run.error}")
        self._paid()
        self._deleted(run)

    def _stopped(self, run: Run) -> Run:
        """The run, stopped once its first harm is met, or while its task is rendered."""
        stage = self._case.harms[0][0]
        awaited = "poll" if stage == "cancel" else stage
        until = time.monotonic() + PATIENCE
        while awaited not in self._proxy.seen and time.monotonic() < until:
            time.sleep(0.01)
        stopped = self._work.service.stop(run.id)
        if stage != "cancel":
            return stopped
        if "cancel" not in self._proxy.seen:
            self._outcome.missed.append("was not cancelled")
        self._given.render.set()
        return stopped

    def _rested(self, run_id: str) -> Run:
        """The run at rest, or as soon as only a person or a healed fault could end it."""
        until = time.monotonic() + PATIENCE
        while True:
            run = self._work.runs.get(run_id)
            if not run.state.active or self._waits(run):
                return run
            if time.monotonic() > until:
                self._outcome.missed.append(f"hangs, {run.state}: {run.trouble}")
                return run
            time.sleep(0.02)

    def _waits(self, run: Run) -> bool:
        if self._healed or not (self._case.lasts or self._case.switch in HELD):
            return False
        if run.state is RunState.WAITING:
            return bool(run.trouble) or self._proxy.seen.count("poll") >= POLLS
        return run.state is RunState.LIMITED and self._refused() > 1

    def _refused(self) -> int:
        return sum(status == 429 for _, status in self._proxy.passed)

    def _held(self, run: Run) -> Run:
        """A run that waits: it says why, and goes on once the fault is healed, or is stopped."""
        if self._case.switch in HELD:
            stopped = self._work.service.stop(run.id)
            self._outcome.missed += self._read(stopped)
            self._heal()
            self._outcome.clicks += 1
            self._outcome.by = "another click"
            return self._rested(self._work.service.start(*self._media, "loop").id)
        if run.trouble:
            self._outcome.became = "goes on, and says why"
            self._outcome.missed += faults_of(run.trouble, self._given.key)
        self._heal()
        self._outcome.by = "the server"
        return self._rested(run.id)

    def _heal(self) -> None:
        self._given.heal()
        self._healed = True

    def _read(self, run: Run) -> list[str]:
        """What is wrong with what a person reads of a run that rests."""
        if run.state is RunState.STOPPED:
            return faults_of(run.stop_means, self._given.key)
        if run.error is None:
            return [f"{run.state} without a word"]
        texts = (run.error.what, run.error.hint)
        return [wrong for text in texts for wrong in faults_of(text, self._given.key)]

    def _again(self, run: Run) -> Run:
        """The run after what its words offer: to resume it, else to submit it again."""
        service, outcome = self._work.service, self._outcome
        self._heal()
        tasks, refused = self._given.tasks(), run.submitted_at is None
        try:
            cancelled = run.cancelled
            run = self._rested(service.resume(run.id).id)
            outcome.by = "resuming"
            outcome.clicks += cancelled or refused
            if not (cancelled or refused) and self._given.tasks() > max(tasks, 1):
                outcome.missed.append("resuming made another task")
        except RunRefused as error:
            outcome.missed += faults_of(error.what, self._given.key)
            outcome.missed += faults_of(error.hint, self._given.key)
        if run.state in (RunState.UNCLEAR, RunState.FAILED):
            outcome.missed += self._read(run)
            outcome.by = "another click"
            outcome.clicks += 1
            run = self._rested(service.submit_again(run.id).id)
        return run

    def _paid(self) -> None:
        self._outcome.tasks = self._given.tasks()
        sent = sum(stage == "submit" and status != 429 for stage, status in self._proxy.passed)
        clicks = self._outcome.clicks
        if sent > clicks:
            self._outcome.missed.append(f"{sent} submits of {clicks} clicks")
        if self._outcome.tasks > clicks:
            self._outcome.missed.append(f"{self._outcome.tasks} tasks of {clicks} clicks")

    def _deleted(self, run: Run) -> None:
        """Delete the run, at the API too where it has tasks there; a refusal is readable."""
        service = self._work.service
        if run.state.active:
            run = service.stop(run.id)
        paid = run.backend == "wavespeed"
        for _ in range(TRIES):
            try:
                service.delete(run.id, at_api=paid)
                break
            except WaveSpeedError as error:
                for text in (error.what, error.hint):
                    self._outcome.missed += faults_of(text, self._given.key)
                self._heal()
        if run.folder.exists():
            self._outcome.missed.append("its folder is left")
