"""What people do with runs at rest: judge them, delete them, bring in those started elsewhere."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.record.errors import RunRefused
from lipsync_demo.runs.record.folder import RunFolder, is_url
from lipsync_demo.runs.record.run import HEADINGS, Review, Run, RunState
from lipsync_demo.runs.steps.credentials import Access
from lipsync_demo.runs.storage.run_table import RunStore
from lipsync_demo.settings import MODEL_ID, BackendName, Settings
from lipsync_demo.wavespeed.catalogue import MEDIA, MODELS, SYNC_MODE
from lipsync_demo.wavespeed.client import WaveSpeedClient
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.models import Prediction

if TYPE_CHECKING:
    from lipsync_demo.runs.driving.dispatcher import Drivers

NOTE_LENGTH = 2000
KEPT_DAYS = 7
"""How long the API lists a task."""
PAGES, PAGE_SIZE = 10, 100


@dataclass(frozen=True, slots=True)
class Deletion:
    """What was deleted: here, and how many tasks at the API (None: they were left there)."""

    run_id: str
    at_api: int | None


def review(store: RunStore, run_id: str, said: Review) -> Run:
    """Keep what a person thinks of a result.

    Raises:
        RunNotFound: there is no such run.
    """
    kept = Review(
        said.verdict,
        {name: said.headings[name] for name in HEADINGS if name in said.headings},
        said.note.strip()[:NOTE_LENGTH],
    )
    after = store.change(run_id, lambda run: replace(run, review=kept))[1]
    RunFolder(after.folder).write_record(after)
    return after


def resting(store: RunStore, run_id: str) -> Run:
    """The run, which nothing drives.

    Raises:
        RunNotFound: there is no such run.
        RunRefused: it is under way.
    """
    run = store.get(run_id)
    if run.state.active:
        raise RunRefused("This run is under way.", "Stop waiting for it first.")
    return run


def delete_tasks(access: Access, run: Run, api_key: SecretStr | None) -> int | None:
    """Delete a run's tasks at the API; gives how many, None where it has none.

    Raises:
        RunRefused: its key or server is not there.
        WaveSpeedError: the API did not delete them.
    """
    tasks = [task for task in (run.prediction_id, *run.other_tasks) if task]
    if not tasks:
        return None
    if not access.reachable(run):
        raise RunRefused(
            f"This run's tasks are at {run.base_url}, which this app does not talk to now.",
            "Delete it here only.",
        )
    return access.client(run, api_key).delete(tasks)


def remove(store: RunStore, run: Run) -> None:
    """Remove a run and its files."""
    store.remove(run.id)
    # Renamed first: a crash while files are removed leaves nothing that looks like a run.
    gone = run.folder.with_name(f".deleted-{run.folder.name}")
    if run.folder.is_dir():
        run.folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)


def import_task(
    settings: Settings,
    store: RunStore,
    access: Access,
    drivers: Drivers,
    task_id: str,
    *,
    backend: BackendName,
    api_key: SecretStr | None = None,
    sync_mode: SyncMode | None = None,
    session: str | None = None,
) -> Run:
    """A run for a task that was started elsewhere, which is then waited for and fetched.

    Its model, its inputs and its mode are taken from the API's list of recent tasks; nothing is
    sent that could be billed.

    Raises:
        RunRefused: the mode is not known and not given, or key or server is not there.
        WaveSpeedError: there is no such task, or the API does not answer.
    """
    run_id, moment = secrets.token_hex(16), now()
    run = Run(
        id=run_id,
        created_at=moment,
        started_at=moment,
        updated_at=moment,
        state=RunState.WAITING,
        backend=backend,
        base_url=access.base_url(backend),
        sync_mode=sync_mode,
        folder=settings.runs_dir / run_id,
        video_source="",
        audio_source="",
        key="local" if backend == "local" else "visitor" if api_key else "environment",
        session=session,
        imported=True,
    )
    client = access.client(run, api_key)
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
        choices=_choices(model, inputs),
        prediction_id=found.id,
        prediction=found.raw,
        video_source=given["video"],
        audio_source=given["audio"],
    )
    run = replace(run, request={**given, **run.chosen} if all(given.values()) else None)
    folder = RunFolder(run.folder)
    folder.create()
    run = _with_inputs(settings, run, folder)
    drivers.begin(run, api_key, left=False)
    return run


def _listed(client: WaveSpeedClient, task_id: str) -> Prediction | None:
    """The task in the list of recent ones, which has its inputs."""
    since = now() - timedelta(days=KEPT_DAYS)
    for page in range(1, PAGES + 1):
        found = client.list_predictions(page, PAGE_SIZE, created_after=since, include_inputs=True)
        for prediction in found:
            if prediction.id == task_id:
                return prediction
        if len(found) < PAGE_SIZE:
            return None
    return None


def _mode(model: str, inputs: Mapping[str, Any], given: SyncMode | None) -> SyncMode | None:
    """The mode of a task: the given one, else the listed one, else the API's default.

    None for a model that takes none, or that nobody here knows.

    Raises:
        RunRefused: the model takes one, and it is not known.
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


def _choices(model: str, inputs: Mapping[str, Any]) -> dict[str, str]:
    """The further fields of a listed task, defaults where it has none; empty if not listed."""
    known = MODELS.get(model)
    if known is None or not inputs.get("video"):
        return {}
    said = {name: str(inputs.get(name) or value) for name, value in known.defaults.items()}
    said.pop(SYNC_MODE, None)
    return said


def _with_inputs(settings: Settings, run: Run, folder: RunFolder) -> Run:
    """The run with its inputs fetched, so that it can be measured; without them if that fails."""
    # The API's word for a path of this machine would be a way to read its files.
    if not (is_url(run.video_source) and is_url(run.audio_source)):
        return run
    from lipsync_demo.runs.steps.inputs import check_inputs
    from lipsync_demo.wavespeed.untrusted.download import download

    limit = settings.max_upload_mb << 20
    local = run.backend == "local"

    def fetch(url: str, path: Path) -> object:
        return download(
            url,
            path,
            limit_bytes=limit,
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
