"""Runs as everybody else uses them: started, found, watched, stopped, resumed.

One service per process.  Several processes may share a data directory: each run is
driven by one of them at a time, and by another as soon as that one is gone.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.names import storable
from lipsync_demo.qa.models import Measures
from lipsync_demo.runs.driving.dispatcher import Drivers
from lipsync_demo.runs.groups.service import Groups
from lipsync_demo.runs.record import estimates
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.folder import RunFolder, is_url, local_path
from lipsync_demo.runs.record.outlook import Outlook, outlook
from lipsync_demo.runs.record.run import ACTIVE, Estimate, Review, Run, RunState
from lipsync_demo.runs.steps.credentials import Access, needs_key
from lipsync_demo.runs.steps.moderate import OwnLooks
from lipsync_demo.runs.steps.parameters import Chosen, choose
from lipsync_demo.runs.steps.prices import Money
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.run_table import RunStore
from lipsync_demo.runs.storage.share_links import Shares
from lipsync_demo.runs.upkeep import import_task as keeping
from lipsync_demo.runs.upkeep.bills import Settling
from lipsync_demo.runs.upkeep.import_task import Deletion
from lipsync_demo.runs.upkeep.measure import Measuring, measures_of
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.wavespeed.addresses import tidied
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.models import Prediction

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
        self.store = RunStore(settings.runs_database_url, settings.runs_dir)
        self._access = Access(settings)
        ledger = Ledger(self.store.engine, settings.runs_dir)
        self.money = Money(settings, ledger)
        self._drivers = Drivers(settings, self.store, self._access, self.money)
        self._settling = Settling(settings, self.store, ledger)
        self._measuring = Measuring(settings)
        self._looks = OwnLooks(self.store)
        for job in (self._measuring, self._looks):
            self._drivers.schedule(job)
        self._recovers = recover
        self.local = local
        self.shares = Shares(settings, self.store.engine)
        self.groups = Groups(settings, self, self._drivers)
        if recover:
            self._drivers.recover()
            self._drivers.schedule(self._settling)
            self.groups.recover()

    @property
    def handed_over(self) -> bool:
        """True while another process with a local backend picks up what is started here."""
        return self._drivers.handed_over

    @property
    def local(self) -> tuple[str, str] | None:
        """Address and token of the local backend; set it after a restart of the backend."""
        return self._access.local

    @local.setter
    def local(self, value: tuple[str, str] | None) -> None:
        self._access.local = value
        if value is not None and self._recovers:
            self._drivers.host_local()

    def start(
        self,
        video: Path | str,
        audio: Path | str,
        sync_mode: SyncMode | str | None = None,
        *,
        model: str | None = None,
        choices: Mapping[str, str] | None = None,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        group: str | None = None,
        session: str | None = None,
        run_id: str | None = None,
    ) -> Run:
        """Begin a run of a video and a speech track, each a path or an http(s) address.

        `model` is the settings' when not given; `sync_mode` and its further `choices` take the
        model's defaults.  Returns once files have been copied; whatever is wrong with them or
        goes wrong afterwards is the run's `error`.  `api_key` is a visitor's own key, kept in
        memory for this run only; `group` and `session` are kept in its record; `run_id` is an
        id that was made for it before, 32 hexadecimal digits.

        Raises:
            RunRefused: the backend is not running, there is no key for it, or it does not
                answer for this model with these choices.
            ValueError: there is no such mode.
        """
        backend = backend or ("wavespeed" if api_key else self._settings.backend_name)
        chosen = self.chosen(model, sync_mode, choices, backend)
        left = backend == "local" and self.handed_over
        run_id, moment = run_id or secrets.token_hex(16), now()
        run = Run(
            id=run_id,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=RunState.CHECKING,
            backend=backend,
            base_url="" if left else self._access.base_url(backend),
            model=chosen.model,
            sync_mode=chosen.sync_mode,
            choices=chosen.choices,
            folder=self._settings.runs_dir / run_id,
            video_source=storable(_source(video)),
            audio_source=storable(_source(audio)),
            key="local" if backend == "local" else "visitor" if api_key else "environment",
            group=group,
            session=session,
        )
        if not left and self._access.key(run, api_key) is None:
            raise needs_key()
        folder = RunFolder(run.folder)
        folder.create()
        for role, source in (("video", _source(video)), ("audio", _source(audio))):
            # What a page was given may be gone when it is restarted; the first step tells
            # what is wrong with a file that cannot be copied.
            with suppress(MediaError):
                if not is_url(source):
                    folder.keep(role, source, self._settings.max_upload_mb << 20)
        self._drivers.begin(run, api_key, left=left)
        return run

    def chosen(
        self,
        model: str | None,
        sync_mode: SyncMode | str | None,
        choices: Mapping[str, str] | None,
        backend: BackendName,
    ) -> Chosen:
        """What a run of `backend` would be sent with; no model is the settings'.

        Raises:
            RunRefused: there is no such model or choice, or this backend does not answer for it.
            ValueError: there is no such mode.
        """
        return choose(model or self._settings.model, sync_mode, choices, backend)

    def check_access(self, backend: BackendName, api_key: SecretStr | None = None) -> None:
        """Make sure that a run of `backend` could be begun.

        Raises:
            RunRefused: the backend is not running, or there is no key for it.
        """
        if backend == "local":
            if not self.handed_over:
                self._access.base_url(backend)
        elif (api_key or self._settings.api_key) is None:
            raise needs_key()

    def get(self, run_id: str) -> Run:
        """The run with this id.

        Raises:
            RunNotFound: there is none.
        """
        return self.store.get(run_id)

    def list(self, limit: int = 50, ids: Collection[str] | None = None) -> Sequence[Run]:
        """The latest runs, newest first; with `ids`, only those among them."""
        return self.store.list(limit, ids=ids)

    def under_way(self, backend: BackendName) -> int:
        """How many runs of a backend, of anybody here, have not come to rest."""
        return self.store.count(ACTIVE, backend)

    def stop(self, run_id: str) -> Run:
        """Stop waiting; the run's `stop_means` says what goes on all the same.

        A run at rest stays as it is.

        Raises:
            RunNotFound: there is no such run.
        """
        before, after = self.store.change(
            run_id,
            lambda run: (
                replace(run, state=RunState.STOPPED, trouble=None, next_try=None)
                if run.state.active
                else run
            ),
        )
        if before.state in (RunState.UPLOADING, RunState.LIMITED):
            self.money.ledger.release(after)
        RunFolder(after.folder).write_record(after)
        self._drivers.let_go(run_id)
        return after

    def resume(self, run_id: str, api_key: SecretStr | None = None) -> Run:
        """Pick a run up where it was left; never sends a request that may have arrived.

        A run that is done, or that a process drives already, stays as it is.

        Raises:
            RunNotFound: there is no such run.
            RunRefused: its key or server is not there, or its task has failed.
        """
        run = self.get(run_id)
        if run.state is RunState.DONE or self._drivers.driven(run):
            return run
        return self._drivers.take(run, _next_state(run), api_key)

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
        return self._drivers.take(
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
            own_checks=(),
            outputs=(),
            output_seconds=None,
        )

    def review(self, run_id: str, said: Review) -> Run:
        """Keep what a person thinks of a result.

        Raises:
            RunNotFound: there is no such run.
        """
        return keeping.review(self.store, run_id, said)

    def delete(
        self, run_id: str, api_key: SecretStr | None = None, *, at_api: bool = False
    ) -> Deletion:
        """Delete a run at rest with its files; with `at_api` its tasks there first, for good.

        Raises:
            RunNotFound: there is no such run.
            RunRefused: it is under way, or its key or server is not there.
            WaveSpeedError: the API did not delete its tasks; nothing was deleted here either.
        """
        run = keeping.resting(self.store, run_id)
        deleted = keeping.delete_tasks(self._access, run, api_key) if at_api else None
        # Before the run is gone: its group would begin an item without a run.
        if run.group is not None:
            self.groups.forget(run.group, run_id)
        self.shares.revoke(run_id)
        keeping.remove(self.store, run)
        return Deletion(run_id, deleted)

    def import_task(
        self,
        task_id: str,
        *,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        sync_mode: SyncMode | None = None,
        session: str | None = None,
    ) -> Run:
        """A run for a task that was started elsewhere; nothing that could be billed is sent.

        Raises:
            RunRefused: the mode is not known and not given, or key or server is not there.
            WaveSpeedError: there is no such task, or the API does not answer.
        """
        return keeping.import_task(
            self._settings,
            self.store,
            self._access,
            self._drivers,
            task_id.strip(),
            backend=backend or ("wavespeed" if api_key else self._settings.backend_name),
            api_key=api_key,
            sync_mode=sync_mode,
            session=session,
        )

    def settle(self, api_key: SecretStr | None = None, session: str | None = None) -> None:
        """Ask for open bills: with a visitor's key for theirs, else for the environment's."""
        key = api_key or self._settings.api_key
        if key is None:
            return
        whose = "visitor" if api_key else "environment"
        try:
            self._settling.ask(self.money.ledger.unbilled(whose, session), key)
        except WaveSpeedError as error:
            logger.info("The bill is not known: %s", error.what)

    def estimate(self, run: Run) -> Estimate | None:
        """Seconds to go judged by earlier runs of the same backend and model; None if unknown."""
        earlier = self.store.list(
            estimates.SAMPLE, states=[RunState.DONE], backend=run.backend, model=run.model
        )
        return estimates.estimate(run, earlier)

    def outlook(
        self, runs: int, backend: BackendName, api_key: SecretStr | None = None
    ) -> Outlook | None:
        """How long so many new runs take if the account's limit holds them up; None if not.

        The local engine has no such limit, unless it was seen to refuse.
        """
        governor = self._access.governor(backend, api_key)
        if governor is None or (backend == "local" and governor.submits.pace is None):
            return None
        earlier = self.store.list(estimates.SAMPLE, states=[RunState.DONE], backend=backend)
        return outlook(runs, governor.submits, earlier)

    def progress(self, run_id: str) -> float | None:
        """Share (0 to 1) of the transfer under way in this process; None when unknown."""
        return self._drivers.progress(run_id)

    def measures(self, run: Run) -> Measures | None:
        """What was measured of the run's output; when nothing was yet, that is begun."""
        found = measures_of(run)
        if found is None:
            self._measuring.want(run)
        return found

    def looking(self, run: Run) -> bool:
        """Whether a finished run's outputs are still to be looked at here; that is begun.

        Only where the API did not check them and nobody has.
        """
        return self._looks.want(run)

    def measuring(self, run_id: str) -> bool:
        """True while the run's output waits to be measured or is."""
        return self._measuring.under_way(run_id)

    def wait_measured(self, run_id: str, every: float = 0.2) -> Measures | None:
        """Block until the run is measured, or cannot be."""
        while self.measuring(run_id):
            self._access.closing.wait(every)
        return measures_of(self.get(run_id))

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
            with self._drivers.changed:
                run = self.get(run_id)
                if run == seen and run.state.active:
                    self._drivers.changed.wait(every)
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
        self._measuring.close()
        self._looks.close()
        self._drivers.close()
        self.store.close()

    def __enter__(self) -> RunService:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _source(given: Path | str) -> str:
    text = str(given).strip() if isinstance(given, str) else str(given)
    if is_url(text):
        return tidied(text)
    try:
        return str(local_path(text).absolute())
    except MediaError:  # the first step says so
        return text


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
