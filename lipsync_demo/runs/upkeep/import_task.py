"""Imports tasks that were started elsewhere: finds them at the API, polls and downloads them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from lipsync_demo.face_choice import FaceUnknown
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.driving.dispatcher import Dispatcher
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.folder import RunFolder, is_url
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.visitor import acting_id
from lipsync_demo.runs.steps.credentials import Credentials
from lipsync_demo.runs.storage.ownership import check_operator, owns
from lipsync_demo.runs.storage.run_table import RunTable
from lipsync_demo.settings import MODEL_ID, BackendName, Settings
from lipsync_demo.visible_label import LabelUnknown
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.model_catalogue import EXTENSIONS, MEDIA, MODELS, SYNC_MODE
from lipsync_demo.wavespeed.schema import Prediction

LISTED_DAYS = 7
"""Days for which the API lists a task."""

MAX_PAGES = 10
"""Maximum number of pages read from the API's list of tasks."""

PAGE_SIZE = 100
"""Tasks per page."""


class TaskImport:
    """Creates runs for tasks that were started elsewhere."""

    def __init__(
        self,
        settings: Settings,
        runs: RunTable,
        credentials: Credentials,
        dispatcher: Dispatcher,
    ) -> None:
        self._settings = settings
        self._runs = runs
        self._credentials = credentials
        self._dispatcher = dispatcher

    def start(
        self,
        task_id: str,
        *,
        backend: BackendName | None = None,
        api_key: SecretStr | None = None,
        sync_mode: SyncMode | None = None,
        session: str | None = None,
    ) -> Run:
        """Create a run for a task that was started elsewhere, and drive it to its result.

        Its model, inputs and mode come from the API's list of recent tasks; no billable request is
        sent.

        Raises:
            NotYours: a visitor without a key of their own asks for the task of somebody else.
            RunRefused: the mode is neither known nor given, the key or server is missing, or
                nothing may be sent.
            WaveSpeedError: there is no such task, or the API does not answer.
        """
        self._dispatcher.guard.check(session)
        self._dispatcher.admission.count("imports")
        task_id = task_id.strip()
        backend = backend or ("wavespeed" if api_key else self._settings.backend_name)
        run_id, moment = secrets.token_hex(16), now()
        run = Run(
            id=run_id,
            created_at=moment,
            started_at=moment,
            updated_at=moment,
            state=RunState.WAITING,
            backend=backend,
            base_url=self._credentials.base_url(backend),
            sync_mode=sync_mode,
            folder=self._settings.runs_dir / run_id,
            video_source="",
            audio_source="",
            key="local" if backend == "local" else "visitor" if api_key else "environment",
            session=session,
            owner=acting_id(),
            imported=True,
        )
        if run.key != "visitor" and not any(owns(own) for own in self._runs.owners_of(task_id)):
            check_operator()
        client = self._credentials.client(run, api_key)
        found = client.prediction(task_id)
        listed = _listed(client, task_id)
        inputs = listed.inputs if listed is not None else found.inputs
        model = found.model or (listed.model if listed is not None else "") or MODEL_ID
        mode = _mode(model, inputs, sync_mode)
        given = {name: str(inputs.get(name) or "") for name in MEDIA}
        run = replace(
            run,
            model=model,
            sync_mode=mode,
            choices=_choices(model, inputs, backend),
            prediction_id=found.id,
            prediction=found.raw,
            video_source=given["video"],
            audio_source=given["audio"],
        )
        run = replace(run, request={**given, **run.chosen} if all(given.values()) else None)
        folder = RunFolder(run.folder)
        folder.create()
        run = _with_inputs(self._settings, run, folder)
        self._dispatcher.begin(run, api_key, left=False)
        return run


def _listed(client: WaveSpeedClient, task_id: str) -> Prediction | None:
    """The task from the list of recent ones, which includes its inputs; None if not listed."""
    since = now() - timedelta(days=LISTED_DAYS)
    for page in range(1, MAX_PAGES + 1):
        found = client.list_predictions(page, PAGE_SIZE, created_after=since, include_inputs=True)
        for prediction in found:
            if prediction.id == task_id:
                return prediction
        if len(found) < PAGE_SIZE:
            return None
    return None


def _mode(model: str, inputs: Mapping[str, Any], given: SyncMode | None) -> SyncMode | None:
    """The mode of a task: the given, else the listed one, else the API's default.

    None for a model without modes, and for an unknown model.

    Raises:
        RunRefused: the model has modes, but the task's mode is not known.
    """
    known = MODELS.get(model)
    if known is not None and not known.takes_sync_mode:
        if given is not None:
            raise RunRefused(f"{model} takes no {SYNC_MODE}.", "Import it without a mode.")
        return None
    said = str(inputs.get(SYNC_MODE) or (known.defaults[SYNC_MODE] if known else ""))
    if given is not None:
        return given
    if inputs.get("video") and said in {mode.value for mode in SyncMode}:
        return SyncMode(said)
    if known is None:
        return None
    raise RunRefused(
        "The API does not say which sync_mode this task was started with.",
        "Choose the mode and import it again.",
    )


def _choices(model: str, inputs: Mapping[str, Any], backend: BackendName) -> dict[str, str]:
    """The further fields of a listed task, filled with defaults; empty if it is not listed.

    Extensions are read from the local backend's tasks only.
    """
    known = MODELS.get(model)
    if known is None or not inputs.get("video"):
        return {}
    said = {name: str(inputs.get(name) or value) for name, value in known.defaults.items()}
    said.pop(SYNC_MODE, None)
    for name, settled in EXTENSIONS.items():
        with suppress(FaceUnknown, LabelUnknown):
            if backend == "local" and inputs.get(name):
                said[name] = settled(str(inputs[name]))
    return said


def _with_inputs(settings: Settings, run: Run, folder: RunFolder) -> Run:
    """Download the run's inputs so that it can be measured; unchanged if that fails."""
    # Never a local path from the API: it would let a server read this machine's files.
    if not (is_url(run.video_source) and is_url(run.audio_source)):
        return run
    from lipsync_demo.runs.steps.inputs import check_inputs
    from lipsync_demo.wavespeed.untrusted.download import LINK_SECONDS, download

    limit = settings.max_upload_mb << 20
    local = run.backend == "local"

    def fetch(url: str, path: Path) -> object:
        return download(
            url,
            path,
            limit_bytes=limit,
            limit_seconds=LINK_SECONDS,
            allow_private=settings.allow_private_urls,
            trusted_origin=run.base_url if local else None,
        )

    try:
        checked = check_inputs(
            folder,
            run.video_source,
            run.audio_source,
            run.sync_mode,
            limit_bytes=limit,
            fetch=fetch,
        )
    except (MediaError, WaveSpeedError):
        return run
    return replace(
        run,
        video=checked.video,
        audio=checked.audio,
        warnings=checked.warnings,
        expected_seconds=checked.expected_seconds,
    )
