"""The runs that this process drives, and those it takes over from processes that are gone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import SecretStr

from lipsync_demo.database import Lost
from lipsync_demo.runs.driving.fair_pool import FairPool
from lipsync_demo.runs.driving.leases import Leases
from lipsync_demo.runs.driving.scheduler import RepeatedJob, Scheduler
from lipsync_demo.runs.driving.state_machine import StateMachine
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused, StoreAway
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.steps.admission import Admission
from lipsync_demo.runs.steps.claim import Claim
from lipsync_demo.runs.steps.credentials import Credentials, needs_key
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.recorded_only import RecordedOnly
from lipsync_demo.runs.storage.run_files import HERE, RunFiles
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.storage import StorageUnusable

SCAN_SECONDS = 2.0
"""Seconds between scans for runs whose process is gone."""

CALL_SECONDS = 0.1
"""Seconds between looks at whether another process has called."""

logger = logging.getLogger(__name__)


class Dispatcher:
    """Holds this process's claims on runs; `changed` is notified whenever one of them writes.

    `guard` says for whom nothing may be sent; each claim asks it again before its request.
    `admission` says who may start a run, and what each visitor may spend.
    """

    def __init__(
        self,
        settings: Settings,
        runs: RunTable,
        ledger: Ledger,
        credentials: Credentials,
        leases: Leases,
        guard: RecordedOnly,
        *,
        admission: Admission,
        fetching: FairPool | None = None,
        files: RunFiles = HERE,
    ) -> None:
        self.changed = threading.Condition()
        self.leases = leases
        self.guard = guard
        self.admission = admission
        self.files = files
        self._settings = settings
        self._runs = runs
        self._ledger = ledger
        self._credentials = credentials
        self._claims: dict[str, Claim] = {}
        self._scheduler = Scheduler(fetching)

    def recover(self) -> None:
        """Take over runs that no process drives, now and periodically until `close`."""
        self.scan(self._take_over)

    def schedule(self, job: RepeatedJob) -> None:
        """Run a job's steps until it is over."""
        self._scheduler.add(job)

    def scan(self, take_over: Callable[[], None]) -> None:
        """Call `take_over` every `SCAN_SECONDS`, to find records without a process, or when
        another process calls.
        """
        self._scheduler.add(_Scan(take_over, self.leases.called))

    @property
    def delegates_local(self) -> bool:
        """Whether another process, which has a local backend, drives the local runs."""
        return self._credentials.local is None and self.leases.local_hosted()

    @property
    def driven_here(self) -> int:
        """How many runs this process drives."""
        return len(self._claims)

    def check_access(self, backend: BackendName, api_key: SecretStr | None = None) -> None:
        """Check that a run of `backend` could be started.

        Raises:
            RunRefused: the backend is not running, or there is no key for it.
        """
        if backend == "local":
            if not self.delegates_local:
                self._credentials.base_url(backend)
        elif (api_key or self._settings.api_key) is None:
            raise needs_key()

    def begin(self, run: Run, api_key: SecretStr | None, *, left: bool) -> None:
        """Store a new run and drive it, unless it is `left` for another process to claim.

        Raises:
            StoreAway: its inputs cannot be stored where other machines find them.
        """
        try:
            self.files.keep(run.folder, new=True)
        except StorageUnusable as error:
            raise StoreAway(error.what, error.hint) from error
        token = None if left else self.leases.acquire().token
        self._runs.add(run, token)
        RunFolder(run.folder).write_record(run)
        if token is not None:
            self._drive(run, token, api_key)
        else:
            self.leases.call()

    def driven(self, run: Run) -> bool:
        """Whether a process holds the lease of an active run."""
        token = self._runs.token(run.id)
        return run.state.active and token is not None and self.leases.held(token)

    def take(
        self, run: Run, state: RunState, api_key: SecretStr | None = None, **changes: Any
    ) -> Run:
        """Claim a run that no process drives, in `state`; return the run as stored.

        Raises:
            RunRefused: its key or server is missing.
        """
        if api_key is not None and run.backend == "wavespeed":
            changes["key"] = "visitor"
        changes |= {"state": state, "error": None, "needs_key": False}
        if not run.state.active and state in (RunState.CHECKING, RunState.UPLOADING):
            changes["started_at"] = now()
        token = None
        if run.backend != "local" or not self.delegates_local:
            self._check(replace(run, **changes), api_key)
            changes["base_url"] = self._credentials.base_url(run.backend)
            token = self.leases.acquire().token
        previous = self._runs.token(run.id)
        if previous is not None and self.leases.held(previous):
            return self._runs.get(run.id)

        def resumed(current: Run) -> Run:
            if current.state is not run.state:
                raise Lost(run.id)
            return replace(current, **changes)

        try:
            after = self._runs.change(run.id, resumed, token=previous, new_token=token)[1]
        except Lost:
            return self._runs.get(run.id)
        RunFolder(after.folder).write_record(after)
        logger.info("Run %s resumes: %s", after.id, after.state)
        if token is not None:
            self._drive(after, token, api_key)
        return after

    def release_run(self, run_id: str) -> None:
        """Stop driving a run; its current transfer is cancelled."""
        claim = self._claims.pop(run_id, None)
        if claim is not None:
            claim.over = True
        self._announce()

    def progress(self, run_id: str) -> float | None:
        """Completed share (0 to 1) of the run's current transfer or task; None if unknown."""
        claim = self._claims.get(run_id)
        return claim.progress if claim is not None else None

    def left(self, run_id: str) -> float | None:
        """Seconds until the run's task is done, by its pace so far; None if unknown.

        Below 0 by how many seconds it takes longer.
        """
        claim = self._claims.get(run_id)
        if claim is None or claim.ends_at is None:
            return None
        return claim.ends_at - time.monotonic()

    def close(self) -> None:
        """Stop driving all runs and release the leases."""
        for claim in list(self._claims.values()):
            claim.over = True
        self._scheduler.close()
        self.leases.close()

    def _check(self, wanted: Run, api_key: SecretStr | None) -> None:
        if not self._credentials.reachable(wanted):
            self._credentials.base_url(wanted.backend)
            raise RunRefused(
                f"This run was sent to {wanted.base_url}, not to {self._settings.base_url}.",
                f"Set WAVESPEED_BASE_URL to {wanted.base_url} and resume the run.",
            )
        if self._credentials.key(wanted, api_key) is None:
            raise needs_key()

    def _drive(self, run: Run, token: str, api_key: SecretStr | None) -> None:
        claim = Claim(
            run,
            token,
            settings=self._settings,
            runs=self._runs,
            credentials=self._credentials,
            ledger=self._ledger,
            guard=self.guard,
            admission=self.admission,
            on_change=self._moved,
            beside=lambda: len(self._claims),
            api_key=api_key,
            files=self.files,
        )
        self._claims[run.id] = claim
        self._scheduler.add(StateMachine(claim))
        self._announce()

    def _moved(self, claim: Claim) -> None:
        if claim.over and self._claims.get(claim.run.id) is claim:
            del self._claims[claim.run.id]
        self._announce()

    def _announce(self) -> None:
        with self.changed:
            self.changed.notify_all()

    def _take_over(self) -> None:
        # Thousands of runs may wait, of a few owners.
        held = cache(self.leases.held)
        for run_id, token in self._runs.unfinished():
            if token is not None and held(token.partition(":")[0]):
                continue
            run = self._runs.get(run_id)
            if not self._credentials.reachable(run):
                continue
            if self._credentials.key(run, None) is not None:
                self.take(run, run.state)
            elif not run.needs_key:
                self._runs.change(run_id, lambda r: replace(r, needs_key=True), token=token)


class _Scan:
    """The job that finds records without a process."""

    fetches_for = None
    turn = ""

    def __init__(self, take_over: Callable[[], None], called: Callable[[], int]) -> None:
        self._take_over = take_over
        self._called = called
        self._heard = 0
        self._next = 0.0

    @property
    def is_long(self) -> bool:
        """Whether the next step looks at the records, and not only whether to."""
        return self._called() != self._heard or time.monotonic() >= self._next

    def step(self) -> float:
        if self.is_long:
            self._heard = self._called()
            self._take_over()
            self._next = time.monotonic() + SCAN_SECONDS
        return CALL_SECONDS
