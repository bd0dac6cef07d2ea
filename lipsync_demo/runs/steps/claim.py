"""One process's claim to drive a run: the state its steps share, and their only way to write."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from pydantic import SecretStr

from lipsync_demo.database import Lost
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run, RunError, RunState
from lipsync_demo.runs.steps.admission import Admission
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.recorded_only import RecordedOnly
from lipsync_demo.runs.storage.run_files import HERE, LOG, RunFiles
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import Settings
from lipsync_demo.wavespeed.calls.poll_interval import poll_delays
from lipsync_demo.wavespeed.client import WaveSpeedClient

logger = logging.getLogger(__name__)


class Interrupted(Exception):  # noqa: N818
    """A transfer was cancelled because the run was stopped or the app is closing."""


class Claim:
    """One attempt to drive a run, under the lease whose `token` is in the run's row.

    `beside` returns how many claims this process has.

    Attributes:
        run: the run as last written.
        ledger: the ledger of billable requests.
        guard: says for whom nothing may be sent.
        admission: says what its visitor may spend.
        delays: seconds to wait before each poll of the task.
        answered: monotonic seconds when this claim's own request was answered.
        over: true once this claim has ended or must end.
        progress: completed share (0 to 1) of the current transfer, or of the task if its server
            says so; None if unknown.
        ends_at: monotonic seconds when the task is done by its pace so far; None if unknown.
    """

    def __init__(
        self,
        run: Run,
        token: str,
        *,
        settings: Settings,
        runs: RunTable,
        credentials: Credentials,
        ledger: Ledger,
        guard: RecordedOnly,
        admission: Admission,
        on_change: Callable[[Claim], None],
        beside: Callable[[], int],
        api_key: SecretStr | None = None,
        files: RunFiles = HERE,
    ) -> None:
        self.run = run
        self.settings = settings
        self.ledger = ledger
        self.guard = guard
        self.admission = admission
        self.runs = runs
        self.folder = RunFolder(run.folder)
        self.base_url = credentials.base_url(run.backend)
        self.delays: Iterator[float] = poll_delays(self.base_url, tasks=beside)
        self.answered: float | None = None
        self.over = False
        self.progress: float | None = None
        self.ends_at: float | None = None
        self._token = token
        self._files = files
        self._credentials = credentials
        self._api_key = api_key
        self._own_client: WaveSpeedClient | None = None
        self._on_change = on_change

    def client(self) -> WaveSpeedClient:
        """A client for the run's server with the run's key.

        Raises:
            RunRefused: the key or the server is missing.
        """
        if self.run.key != "visitor":
            return self._credentials.client(self.run, None)
        if self._own_client is None:
            self._own_client = self._credentials.client(self.run, self._api_key)
        return self._own_client

    def write(self, **changes: Any) -> None:
        """Change the run, provided this claim still drives it.

        Raises:
            Lost: another claim drives it, or it was deleted.
        """
        self._written(self._changed(lambda run: replace(run, **changes), token=self._token))

    def record(self, edit: Callable[[Run], Run]) -> None:
        """Write a change that holds whichever claim drives the run.

        Raises:
            Lost: the change is written, but another claim drives the run; or it was deleted.
        """
        self._written(self._changed(edit))
        if self._driver() != self._token:
            raise Lost(self.run.id)

    def keep(self) -> None:
        """Store the run's files where other machines find them, before a step is recorded as done.

        Raises:
            Lost: another claim drives the run, or it was deleted.
            StorageUnusable: the store is away for longer than it is waited for.
        """
        with self._unless_deleted():
            self._files.keep(self.run.folder, token=self._token)

    def bring(self) -> None:
        """Fetch what the next step reads, if another machine has driven the run.

        Raises:
            StorageUnusable: the store is away for longer than it is waited for.
        """
        self.folder.create()
        before = self.run.state in (RunState.CHECKING, RunState.UPLOADING, RunState.LIMITED)
        self._files.bring(self.run.folder, *([] if before else [LOG]))

    def rest(self, state: RunState, error: RunError | None = None, **changes: Any) -> None:
        """End the run in `state`, and this claim with it.

        Raises:
            Lost: another claim drives the run, or it was deleted.
        """
        # Before the end is seen: whoever sees it may start the next run.
        if self.run.submitted_at is None and self._driver() == self._token:
            self.ledger.release(self.run)
        self.write(state=state, error=error, trouble=None, next_try=None, **changes)
        self._files.later(self.run.folder)
        self.end()

    def end(self) -> None:
        """End this claim, and close the connections that only it has."""
        self.over = True
        if self._own_client is not None:
            self._own_client.close()
        self._on_change(self)

    def progress_callback(
        self, parts: int = 1, done: float = 0.0
    ) -> Callable[[int, int | None], None]:
        """Progress callback for one of `parts` transfers after the share `done` is complete.

        It raises Interrupted once this claim is over, which cancels the transfer.
        """

        def moved(count: int, total: int | None) -> None:
            if self.over:
                raise Interrupted
            self.progress = done + count / total / parts if total else None

        return moved

    def _driver(self) -> str | None:
        with self._unless_deleted():
            return self.runs.token(self.run.id)

    def _changed(self, edit: Callable[[Run], Run], **under: str) -> Run:
        with self._unless_deleted():
            return self.runs.change(self.run.id, edit, **under)[1]

    @contextmanager
    def _unless_deleted(self) -> Iterator[None]:
        try:
            yield
        except RunNotFound:  # it was stopped, and then deleted
            raise Lost(self.run.id) from None

    def _written(self, run: Run) -> None:
        if run.state is not self.run.state:
            logger.info("Run %s is %s", run.id, run.state)
            self.progress = self.ends_at = None
        self.run = run
        self.folder.write_record(run)
        self._on_change(self)
