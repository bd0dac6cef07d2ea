"""Runs as everybody else uses them: started, found, watched, stopped, resumed.

One service per process.  Several processes may share a data directory: each run is
driven by one of them at a time, and by another as soon as that one is gone.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs import estimates
from lipsync_demo.runs.access import Access, needs_key
from lipsync_demo.runs.driver import Driver
from lipsync_demo.runs.errors import RunRefused
from lipsync_demo.runs.folder import RunFolder, is_url
from lipsync_demo.runs.loop import Loop
from lipsync_demo.runs.models import Estimate, Run, RunState
from lipsync_demo.runs.owners import Owner
from lipsync_demo.runs.store import Lost, RunStore
from lipsync_demo.runs.times import now
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.wavespeed.models import Prediction

SCAN_SECONDS = 2.0
"""How often runs are looked for whose process is gone."""

logger = logging.getLogger(__name__)


class RunService:
    """Starts runs, keeps them going in the background and finds them again.

    `local` is the address and token of the running local backend.  With `recover`,
    unfinished runs that no process drives are picked up, at once and whenever one is left
    behind; without, only runs started or resumed here are driven.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        local: tuple[str, str] | None = None,
        recover: bool = True,
    ) -> None:
        self._settings = settings
        self._store = RunStore(settings.runs_database_url, settings.runs_dir)
        self._owner = Owner(settings.data_dir / "owners")
        self._access = Access(settings)
        self._drivers: dict[str, Driver] = {}
        self._changed = threading.Condition()
        self._loop = Loop()
        self._recovers = recover
        self.local = local
        if recover:
            self._loop.add(_Scan(self._recover))

    @property
    def handed_over(self) -> bool:
        """True while another process with a local backend picks up what is started here."""
        return self.local is None and self._owner.local_hosted()

    @property
    def local(self) -> tuple[str, str] | None:
        """Address and token of the local backend; set it after a restart of the backend."""
        return self._access.local

    @local.setter
    def local(self, value: tuple[str, str] | None) -> None:
        self._access.local = value
        if value is not None and self._recovers:
            self._owner.host_local()

    def start(
        self,
        video: Path | str,
        audio: Path | str,
        sync_mode: SyncMode | str,
        *,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
    ) -> Run:
        """Begin a run of a video and a speech track, each a path or an http(s) address.

        Returns at once; whatever goes wrong afterwards is the run's `error`.  `api_key` is
        a visitor's own key, kept in memory for this run only.

        Raises:
            RunRefused: the backend is not running, or there is no key for it.
            ValueError: there is no such mode.
        """
        backend = backend or ("wavespeed" if api_key else self._settings.backend_name)
        handed_over = backend == "local" and self.handed_over
        run_id, moment = secrets.token_hex(16), now()
        run = Run(
            id=run_id,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=RunState.CHECKING,
            backend=backend,
            base_url="" if handed_over else self._access.base_url(backend),
            sync_mode=SyncMode(sync_mode),
            folder=self._settings.runs_dir / run_id,
            video_source=_source(video),
            audio_source=_source(audio),
            key="local" if backend == "local" else "visitor" if api_key else "environment",
        )
        if not handed_over and self._access.key(run, api_key) is None:
            raise needs_key()
        folder = RunFolder(run.folder)
        folder.create()
        turn = None if handed_over else self._owner.turn()
        self._store.add(run, turn)
        folder.write_record(run)
        if turn is not None:
            self._drive(run, turn, api_key)
        return run

    def get(self, run_id: str) -> Run:
        """The run with this id.

        Raises:
            RunNotFound: there is none.
        """
        return self._store.get(run_id)

    def list(self, limit: int = 50, ids: Collection[str] | None = None) -> Sequence[Run]:
        """The latest runs, newest first; with `ids`, only those among them."""
        return self._store.list(limit, ids=ids)

    def stop(self, run_id: str) -> Run:
        """Stop waiting; the run's `stop_means` says what goes on all the same.

        A run at rest stays as it is.

        Raises:
            RunNotFound: there is no such run.
        """
        after = self._store.change(
            run_id,
            lambda run: (
                replace(run, state=RunState.STOPPED, trouble=None) if run.state.active else run
            ),
        )[1]
        RunFolder(after.folder).write_record(after)
        driver = self._drivers.pop(run_id, None)
        if driver is not None:
            driver.over = True
        self._announce()
        return after

    def resume(self, run_id: str, api_key: SecretStr | None = None) -> Run:
        """Pick a run up where it was left; never sends a request that may have arrived.

        A run that is done, or that a process drives already, stays as it is.

        Raises:
            RunNotFound: there is no such run.
            RunRefused: its key or server is not there, or its task has failed.
        """
        run = self.get(run_id)
        if run.state is RunState.DONE or self._driven(run):
            return run
        return self._take(run, _next_state(run), api_key)

    def submit_again(self, run_id: str, api_key: SecretStr | None = None) -> Run:
        """Send the request anew, as a new task that is billed; a person's decision only.

        Raises:
            RunNotFound: there is no such run.
            RunRefused: the run has neither failed nor become unclear.
        """
        run = self.get(run_id)
        if run.state not in (RunState.UNCLEAR, RunState.FAILED):
            raise RunRefused(
                f"This run is {run.state}; only a failed or unclear one can be submitted again.",
                "Start a new run instead.",
            )
        copied = run.video is not None and run.audio is not None
        others = (*run.other_tasks, *([run.prediction_id] if run.prediction_id else []))
        return self._take(
            run,
            RunState.UPLOADING if copied else RunState.CHECKING,
            api_key,
            request=None,
            submitted_at=None,
            prediction_id=None,
            prediction=None,
            other_tasks=others,
            timings={},
            has_nsfw_contents=(),
            outputs=(),
            output_seconds=None,
        )

    def estimate(self, run: Run) -> Estimate | None:
        """Seconds to go judged by earlier runs of the same backend; None when unknown."""
        earlier = self._store.list(estimates.SAMPLE, states=[RunState.DONE], backend=run.backend)
        return estimates.estimate(run, earlier)

    def progress(self, run_id: str) -> float | None:
        """Share (0 to 1) of the transfer under way in this process; None when unknown."""
        driver = self._drivers.get(run_id)
        return driver.progress if driver is not None else None

    def wait(
        self,
        run_id: str,
        on_update: Callable[[Run], None] | None = None,
        every: float = 0.5,
    ) -> Run:
        """Block until the run is at rest; `on_update` sees it first and after each change.

        Looks at the store every `every` seconds, so another process may drive the run.

        Raises:
            RunNotFound: there is no such run.
        """
        seen: Run | None = None
        while True:
            with self._changed:
                run = self.get(run_id)
                if run == seen and run.state.active:
                    self._changed.wait(every)
                    continue
            seen = run
            if on_update is not None:
                on_update(run)
            if not run.state.active:
                return run

    def close(self) -> None:
        """Let go of all runs; they go on when a service picks them up again."""
        if self._access.closing.is_set():
            return
        self._access.closing.set()
        for driver in list(self._drivers.values()):
            driver.over = True
        self._loop.close()
        self._owner.close()
        self._store.close()

    def __enter__(self) -> RunService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _driven(self, run: Run) -> bool:
        turn = self._store.driver(run.id)
        return run.state.active and turn is not None and self._owner.alive(turn)

    def _take(self, run: Run, state: RunState, api_key: SecretStr | None, **changes: Any) -> Run:
        """Make this process drive a run nobody drives, from `state` on."""
        if api_key is not None and run.backend == "wavespeed":
            changes["key"] = "visitor"
        wanted = replace(run, **changes)
        if run.backend == "local" and self.handed_over:
            return self._hand_over(run, state, changes)
        if not self._access.reachable(wanted):
            self._access.base_url(run.backend)
            raise RunRefused(
                f"This run was sent to {run.base_url}, not to {self._settings.base_url}.",
                f"Set WAVESPEED_BASE_URL to {run.base_url} and resume the run.",
            )
        if self._access.key(wanted, api_key) is None:
            raise needs_key()
        changes.update(
            state=state,
            error=None,
            needs_key=False,
            base_url=self._access.base_url(run.backend),
        )
        if not run.state.active and state in (RunState.CHECKING, RunState.UPLOADING):
            changes["started_at"] = now()
        previous, turn = self._store.driver(run.id), self._owner.turn()
        if previous is not None and self._owner.alive(previous):
            return self.get(run.id)

        def take(current: Run) -> Run:
            if current.state is not run.state:
                raise Lost(run.id)
            return replace(current, **changes)

        try:
            taken = self._store.change(run.id, take, driven_by=previous, hand_to=turn)[1]
        except Lost:
            return self.get(run.id)
        RunFolder(taken.folder).write_record(taken)
        logger.info("Run %s goes on: %s", taken.id, taken.state)
        self._drive(taken, turn, api_key)
        return taken

    def _hand_over(self, run: Run, state: RunState, changes: dict[str, Any]) -> Run:
        """Set a run going that the process with the local backend will pick up."""
        changes.update(state=state, error=None)
        taken = self._store.change(run.id, lambda r: replace(r, **changes), hand_to=None)[1]
        RunFolder(taken.folder).write_record(taken)
        return taken

    def _drive(self, run: Run, turn: str, api_key: SecretStr | None) -> None:
        driver = Driver(
            run,
            turn,
            settings=self._settings,
            store=self._store,
            access=self._access,
            on_change=self._moved,
            api_key=api_key,
        )
        self._drivers[run.id] = driver
        self._loop.add(driver)
        self._announce()

    def _moved(self, driver: Driver) -> None:
        if driver.over and self._drivers.get(driver.run_id) is driver:
            del self._drivers[driver.run_id]
        self._announce()

    def _announce(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _recover(self) -> None:
        for run_id, turn in self._store.unfinished():
            if turn is not None and self._owner.alive(turn):
                continue
            run = self.get(run_id)
            if not self._access.reachable(run):
                continue
            if self._access.key(run, None) is None:
                if not run.needs_key:
                    self._store.change(run_id, lambda r: replace(r, needs_key=True))
                continue
            self._take(run, run.state, None)


class _Scan:
    """The job that looks for runs left behind."""

    carries = True

    def __init__(self, recover: Callable[[], None]) -> None:
        self._recover = recover

    def step(self) -> float:
        self._recover()
        return SCAN_SECONDS


def _source(given: Path | str) -> str:
    text = str(given)
    return text if is_url(text) else str(Path(text).expanduser().absolute())


def _next_state(run: Run) -> RunState:
    """The step a run at rest goes on with.

    Raises:
        RunRefused: its task has ended without a result.
    """
    if run.state.active:
        return run.state
    if run.prediction_id is not None:
        prediction = Prediction.parse(run.prediction or {})
        if prediction.failed:
            raise RunRefused(
                "The task of this run has failed, so there is nothing to fetch.",
                "Change the media, or submit again, which starts a new task.",
            )
        fetched = prediction.succeeded and prediction.outputs
        return RunState.DOWNLOADING if fetched else RunState.WAITING
    if run.submitted_at is not None:
        return RunState.SUBMITTING
    copied = run.video is not None and run.audio is not None
    return RunState.UPLOADING if copied else RunState.CHECKING
