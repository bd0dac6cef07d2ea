"""Starts, stops, resumes, resubmits, awaits and deletes runs.

Several processes may share a data directory: one of them drives each run, and another takes it
over when that process is gone.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.record import words
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.folder import RunFolder, is_url, local_path
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.steps.credentials import Credentials, needs_key
from lipsync_demo.runs.steps.parameters import choose
from lipsync_demo.runs.storage.ledger import Ledger
from lipsync_demo.runs.storage.ownership import check_operator
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.runs.upkeep.delete import (
    Deletion,
    RunData,
    delete_local_tasks,
    delete_tasks,
    run_at_rest,
)
from lipsync_demo.safe_names import storable
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.wavespeed.addresses import encoded_url
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.schema import Prediction

logger = logging.getLogger(__name__)


class RunService:
    """The actions of users on runs; the dispatcher drives the runs.

    `session` is the browser session that acts.  Whatever would send something asks the
    dispatcher's guard first: for that session, and for the one that started the run.  Whoever acts
    (`record/visitor.py`) changes only their own runs.
    """

    def __init__(
        self,
        settings: Settings,
        runs: RunTable,
        ledger: Ledger,
        credentials: Credentials,
        dispatcher: Dispatcher,
        owned: RunData,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._ledger = ledger
        self._credentials = credentials
        self._dispatcher = dispatcher
        self._owned = owned

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
        owner: str | None = None,
        run_id: str | None = None,
    ) -> Run:
        """Start a run for a video and a speech track, each a path or an http(s) URL.

        `model` defaults to the setting, `sync_mode` and further `choices` to the model's defaults.
        Returns once files are copied; later problems are the run's `error`.  `api_key` is a
        visitor's own key, held in memory for this run only; `group` and `session` are stored in its
        record; `owner` is the visitor it belongs to, by default whoever acts; `run_id` is an id
        chosen beforehand, 32 hexadecimal digits.

        Raises:
            RunRefused: the backend is not running, there is no key for it, it does not serve
                this model with these choices, or nothing may be sent.
            ValueError: there is no such mode.
        """
        self._dispatcher.guard.check(session)
        backend = backend or ("wavespeed" if api_key else self._settings.backend_name)
        chosen = choose(
            model or self._settings.model, sync_mode, choices, backend, self._settings.ai_label
        )
        left = backend == "local" and self._dispatcher.delegates_local
        run_id, moment = run_id or secrets.token_hex(16), now()
        run = Run(
            id=run_id,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=RunState.CHECKING,
            backend=backend,
            base_url="" if left else self._credentials.base_url(backend),
            model=chosen.model,
            sync_mode=chosen.sync_mode,
            choices=chosen.choices,
            folder=self._settings.runs_dir / run_id,
            video_source=storable(_source(video)),
            audio_source=storable(_source(audio)),
            key="local" if backend == "local" else "visitor" if api_key else "environment",
            group=group,
            session=session,
            owner=owner or acting_id(),
            consent=None if session is None else words.CONSENT,
        )
        if not left and self._credentials.key(run, api_key) is None:
            raise needs_key()
        self._dispatcher.admission.admit(run)
        folder = RunFolder(run.folder)
        folder.create()
        self._dispatcher.admission.room.belongs(run.folder)
        for role, source in (("video", _source(video)), ("audio", _source(audio))):
            # Copied now because uploads may be gone after a restart; the first step reports
            # a file that cannot be copied.
            with suppress(MediaError):
                if not is_url(source):
                    folder.copy_input(role, source, self._settings.max_upload_mb << 20)
        self._dispatcher.begin(run, api_key, left=left)
        return run

    def stop(self, run_id: str) -> Run:
        """Stop waiting for a run, and cancel its task where the server offers that.

        Its `stop_means` says before and after what continues nevertheless. A run at rest is
        unchanged.

        Raises:
            RunNotFound: there is no such run.
            NotYours: it belongs to another visitor.
        """
        before, after = self._runs.change(
            run_id,
            lambda run: (
                replace(run, state=RunState.STOPPED, trouble=None, next_try=None)
                if run.state.active
                else run
            ),
        )
        if before.state in (RunState.CHECKING, RunState.UPLOADING, RunState.LIMITED):
            self._ledger.release(after)
        RunFolder(after.folder).write_record(after)
        self._dispatcher.release_run(run_id)
        return self._cancel(after) if before.cancellable else after

    def _cancel(self, run: Run) -> Run:
        """Cancel the task of a stopped run; return the run, unchanged if that fails."""
        assert run.prediction_id is not None  # noqa: S101
        try:
            ended = self._credentials.client(run, None).cancel(run.prediction_id)
        except (RunRefused, WaveSpeedError) as error:
            logger.warning("The task of run %s goes on: %s", run.id, error.what)
            return run
        after = self._runs.change(
            run.id,
            lambda run: (
                replace(run, prediction=ended.raw) if run.prediction_id == ended.id else run
            ),
        )[1]
        folder = RunFolder(after.folder)
        folder.add_response(ended.raw)
        folder.write_record(after)
        return after

    def resume(
        self, run_id: str, api_key: SecretStr | None = None, *, session: str | None = None
    ) -> Run:
        """Resume a run where it stopped; never repeats a request that may have arrived.

        A run that is done, or that a process drives, is unchanged. One whose task was cancelled
        with it starts a new task, which is free: only the local backend cancels.

        Raises:
            RunNotFound: there is no such run.
            NotYours: it belongs to another visitor.
            RunRefused: its key or server is missing, its task has failed, or nothing may be sent.
        """
        run = self._runs.own(run_id)
        ended_or_driven = run.state is RunState.DONE or self._dispatcher.driven(run)
        if ended_or_driven and not run.cancelled:
            return run
        self._dispatcher.guard.check(session, run.session)
        if run.cancelled:
            return self._submit_anew(run, api_key)
        state = _next_state(run)
        if state in (RunState.CHECKING, RunState.UPLOADING):
            self._dispatcher.admission.admit(run)
        return self._dispatcher.take(run, state, api_key)

    def submit_again(
        self, run_id: str, api_key: SecretStr | None = None, *, session: str | None = None
    ) -> Run:
        """Submit a new, billed task for a run; only on a user's request.

        Raises:
            RunNotFound: there is no such run.
            NotYours: it belongs to another visitor.
            RunRefused: the run is neither failed nor unclear, or nothing may be sent.
        """
        run = self._runs.own(run_id)
        self._dispatcher.guard.check(session, run.session)
        if run.state not in (RunState.UNCLEAR, RunState.FAILED):
            raise RunRefused(
                f"This run is {run.state}; only a failed or unclear one can be submitted again.",
                "Start a new run instead.",
            )
        return self._submit_anew(run, api_key)

    def _submit_anew(self, run: Run, api_key: SecretStr | None) -> Run:
        self._dispatcher.admission.admit(run)
        copied = run.video is not None and run.audio is not None
        others = (*run.other_tasks, *([run.prediction_id] if run.prediction_id else []))
        return self._dispatcher.take(
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

    def delete(
        self,
        run_id: str,
        api_key: SecretStr | None = None,
        *,
        at_api: bool = False,
        session: str | None = None,
    ) -> Deletion:
        """Delete a run at rest and its files; with `at_api` first its tasks at the API.

        Raises:
            RunNotFound: there is no such run.
            NotYours: it belongs to another visitor, or its tasks are the environment's account's
                and a visitor asks for their deletion.
            RunRefused: it is active, its key or server is missing, or its tasks are to be deleted
                and nothing may be sent.
            WaveSpeedError: the API did not delete its tasks; then nothing is deleted here either.
        """
        run = run_at_rest(self._runs, run_id)
        if at_api:
            if run.key == "environment":
                check_operator()
            self._dispatcher.guard.check(session, run.session)
        deleted = delete_tasks(self._credentials, run, api_key) if at_api else None
        if run.backend == "local":
            delete_local_tasks(self._credentials, run)
        self._owned.remove(run)
        return Deletion(run_id, deleted)

    def wait(
        self,
        run_id: str,
        on_update: Callable[[Run], None] | None = None,
        every: float = 0.1,
    ) -> Run:
        """Block until the run is at rest; `on_update` gets it first and after each change.

        Polls the record every `every` seconds, as another process may drive the run.

        Raises:
            RunNotFound: there is no such run.
        """
        seen: Run | None = None
        while True:
            with self._dispatcher.changed:
                run = self._runs.get(run_id)
                if run == seen and run.state.active:
                    self._dispatcher.changed.wait(every)
                    continue
            seen = run
            if on_update is not None:
                on_update(run)
            if not run.state.active:
                return run


def _source(given: Path | str) -> str:
    text = str(given).strip() if isinstance(given, str) else str(given)
    if is_url(text):
        return encoded_url(text)
    try:
        return str(local_path(text).absolute())
    except MediaError:  # reported by the first step
        return text


def _next_state(run: Run) -> RunState:
    """The state in which a run at rest resumes.

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
