"""A job as the `data` of answers about its task."""

from __future__ import annotations

import base64
from datetime import datetime, timezone
from typing import Any

from lipsync_demo import visible_label
from lipsync_demo.backend.faults.effects import Patch
from lipsync_demo.backend.faults.switches import FAULTS
from lipsync_demo.backend.jobs.job import COMPLETED, Job
from lipsync_demo.backend.jobs.media_sources import output_name
from lipsync_demo.face_choice import FIELD
from lipsync_demo.settings import FOUND, MODEL_ID, PROGRESS
from lipsync_demo.storage import Storage
from lipsync_demo.wavespeed.schema import CANCEL, LIVE, local_task_path


def describe(
    job: Job,
    base_url: str,
    *,
    inputs: bool = False,
    files: Storage | None = None,
    share: float | None = None,
) -> dict[str, Any]:
    """The task as JSON; its URLs start with `base_url`, which has no trailing slash.

    Durations are whole milliseconds, as clients in Go and Java parse them as int64.

    Args:
        inputs: whether to include the task's inputs.
        files: the storage of outputs, needed to send them as base64 if the task requests it.
        share: the share of a running task that is done, 0 to 1.
    """
    done = job.status == COMPLETED
    timings = {"inference": _whole(job.inference_ms)}
    if not job.running:
        timings["queue"] = _whole(job.queue_ms)
    data: dict[str, Any] = {
        "id": job.id,
        "model": MODEL_ID,
        "outputs": _outputs(job, base_url, files) if done else [],
        "urls": _urls(job, base_url),
        "has_nsfw_contents": list(job.nsfw) if done else [],
        "status": job.status,
        "created_at": timestamp(job.created_ms),
        "error": job.error,
        "executionTime": _whole(job.execution_ms),
        "timings": timings,
    }
    if job.code:
        data["code"] = job.code
    if job.found:
        data[FOUND] = dict(job.found)
    if job.running and share is not None:
        data[PROGRESS] = round(share, 3)
    if inputs:
        data["input"] = {"video": job.video, "audio": job.audio, "sync_mode": job.sync_mode}
        if job.face is not None:
            data["input"][FIELD] = job.face
        if job.ai_label is not None:
            data["input"][visible_label.FIELD] = job.ai_label
    effect = FAULTS[job.fault].effect if job.fault in FAULTS else None
    if isinstance(effect, Patch):
        effect.apply(data)
    return data


def timestamp(ms: int) -> str:
    """A time in UTC with milliseconds, in the API's format.

    >>> timestamp(1759187383027)
    '2025-09-29T23:09:43.027Z'
    """
    moment = datetime.fromtimestamp(ms / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _urls(job: Job, base_url: str) -> dict[str, str]:
    """What can be asked about the task; a running one can be cancelled and watched, here only."""
    urls = {"get": f"{base_url}/api/v3/predictions/{job.id}/result"}
    if job.running and not job.decreed:
        urls |= {name: base_url + local_task_path(job.id, name) for name in (CANCEL, LIVE)}
    return urls


def _outputs(job: Job, base_url: str, files: Storage | None) -> list[str]:
    if job.base64 and files is not None:
        return [
            base64.b64encode(b"".join(files.read(output_name(name)))).decode()
            for name in job.outputs
        ]
    return [f"{base_url}/outputs/{name}" for name in job.outputs]


def _whole(ms: float) -> int:
    return round(ms)
