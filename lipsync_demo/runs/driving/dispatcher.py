"""Who drives which run: the drivers of this process, and the runs nobody drives any more."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from lipsync_demo.runs.driving.leases import Owner
from lipsync_demo.runs.driving.scheduler import Job, Loop
from lipsync_demo.runs.driving.state_machine import Driver
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.claim import Turn
from lipsync_demo.runs.steps.credentials import Access, needs_key
from lipsync_demo.runs.steps.prices import Money
from lipsync_demo.runs.storage.record_table import Lost
from lipsync_demo.runs.storage.run_table import RunStore
from lipsync_demo.settings import Settings

SCAN_SECONDS = 2.0
"""How often runs are looked for whose process is gone."""

logger = logging.getLogger(__name__)


class Drivers:
    """The drivers of this process; `changed` is notified whenever one of them writes."""

    def __init__(self, settings: Settings, store: RunStore, access: Access, money: Money) -> None:
        self.changed = threading.Condition()
        self._settings = settings
        self._store = store
        self._access = access
        self._money = money
        self._owner = Owner(settings.data_dir / "owners")
        self._turns: dict[str, Turn] = {}
        self._loop = Loop()

    def recover(self) -> None:
        """Pick up runs that nobody drives, at once and for as long as this process lives."""
        self.scan(self._pick_up)

    def schedule(self, job: Job) -> None:
        """Have a job of this process done, now and again."""
        self._loop.add(job)

    def scan(self, pick_up: Callable[[], None]) -> None:
        """Have `pick_up` look every few seconds for what other processes left behind."""
        self._loop.add(_Scan(pick_up))

    def word(self) -> str:
        """A new word for driving something once."""
        return self._owner.word()

    def alive(self, word: str | None) -> bool:
        """True while the process that made `word` lives."""
        return word is not None and self._owner.alive(word)

    def host_local(self) -> None:
        """Tell other processes that this one picks up local runs."""
        self._owner.host_local()

    @property
    def handed_over(self) -> bool:
        """True while another process has a local backend and picks up what is left to it."""
        return self._access.local is None and self._owner.local_hosted()

    def begin(self, run: Run, api_key: SecretStr | None, *, left: bool) -> None:
        """Keep a new run and drive it; one that is `left` is for another process to take."""
        word = None if left else self._owner.word()
        self._store.add(run, word)
        RunFolder(run.folder).write_record(run)
        if word is not None:
            self._drive(run, word, api_key)

    def driven(self, run: Run) -> bool:
        """True while a living process drives the run."""
        word = self._store.driver(run.id)
        return run.state.active and word is not None and self._owner.alive(word)

    def take(
        self, run: Run, state: RunState, api_key: SecretStr | None = None, **changes: Any
    ) -> Run:
        """Drive a run nobody drives, from `state` on; gives it as it is then.

        Raises:
            RunRefused: its key or its server is not there.
        """
        if api_key is not None and run.backend == "wavespeed":
            changes["key"] = "visitor"
        changes |= {"state": state, "error": None, "needs_key": False}
        if not run.state.active and state in (RunState.CHECKING, RunState.UPLOADING):
            changes["started_at"] = now()
        word = None
        if run.backend != "local" or not self.handed_over:
            self._check(replace(run, **changes), api_key)
            changes["base_url"] = self._access.base_url(run.backend)
            word = self._owner.word()
        previous = self._store.driver(run.id)
        if previous is not None and self._owner.alive(previous):
            return self._store.get(run.id)

        def taken(current: Run) -> Run:
            if current.state is not run.state:
                raise Lost(run.id)
            return replace(current, **changes)

        try:
            after = self._store.change(run.id, taken, driven_by=previous, hand_to=word)[1]
        except Lost:
            return self._store.get(run.id)
        RunFolder(after.folder).write_record(after)
        logger.info("Run %s goes on: %s", after.id, after.state)
        if word is not None:
            self._drive(after, word, api_key)
        return after

    def let_go(self, run_id: str) -> None:
        """Stop driving a run; a transfer under way is given up."""
        turn = self._turns.pop(run_id, None)
        if turn is not None:
            turn.over = True
        self._announce()

    def progress(self, run_id: str) -> float | None:
        """Share (0 to 1) of the transfer under way here; None when unknown."""
        turn = self._turns.get(run_id)
        return turn.progress if turn is not None else None

    def close(self) -> None:
        """Let go of all runs."""
        for turn in list(self._turns.values()):
            turn.over = True
        self._loop.close()
        self._owner.close()

    def _check(self, wanted: Run, api_key: SecretStr | None) -> None:
        if not self._access.reachable(wanted):
            self._access.base_url(wanted.backend)
            raise RunRefused(
                f"This run was sent to {wanted.base_url}, not to {self._settings.base_url}.",
                f"Set WAVESPEED_BASE_URL to {wanted.base_url} and resume the run.",
            )
        if self._access.key(wanted, api_key) is None:
            raise needs_key()

    def _drive(self, run: Run, word: str, api_key: SecretStr | None) -> None:
        turn = Turn(
            run,
            word,
            settings=self._settings,
            store=self._store,
            access=self._access,
            money=self._money,
            on_change=self._moved,
            api_key=api_key,
        )
        self._turns[run.id] = turn
        self._loop.add(Driver(turn))
        self._announce()

    def _moved(self, turn: Turn) -> None:
        if turn.over and self._turns.get(turn.run.id) is turn:
            del self._turns[turn.run.id]
        self._announce()

    def _announce(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _pick_up(self) -> None:
        for run_id, word in self._store.unfinished():
            if word is not None and self._owner.alive(word):
                continue
            run = self._store.get(run_id)
            if not self._access.reachable(run):
                continue
            if self._access.key(run, None) is not None:
                self.take(run, run.state)
            elif not run.needs_key:
                self._store.change(run_id, lambda r: replace(r, needs_key=True), driven_by=word)


class _Scan:
    """The job that looks for runs left behind."""

    carries = True

    def __init__(self, pick_up: Callable[[], None]) -> None:
        self._pick_up = pick_up

    def step(self) -> float:
        self._pick_up()
        return SCAN_SECONDS
