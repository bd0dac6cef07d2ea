"""How a job looks to a client: the `data` of every answer about a task."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from lipsync_demo.backend.effects import Patch
from lipsync_demo.backend.faults import FAULTS
from lipsync_demo.backend.jobs import COMPLETED, Job
from lipsync_demo.settings import FOUND, MODEL_ID


def describe(job: Job, base_url: str, *, inputs: bool = False) -> dict[str, Any]:
    """The task as JSON; addresses start with `base_url`, which has no slash at its end."""
    done = job.status == COMPLETED
    timings: dict[str, float] = {"inference": _round(job.inference_ms)}
    if not job.running:
        timings["queue"] = _round(job.queue_ms)
    data: dict[str, Any] = {
        "id": job.id,
        "model": MODEL_ID,
        "outputs": [f"{base_url}/outputs/{name}" for name in job.outputs] if done else [],
        "urls": {"get": f"{base_url}/api/v3/predictions/{job.id}/result"},
        "has_nsfw_contents": list(job.nsfw) if done else [],
        "status": job.status,
        "created_at": timestamp(job.created_ms),
        "error": job.error,
        "executionTime": _round(job.execution_ms),
        "timings": timings,
    }
    if job.code:
        data["code"] = job.code
    if job.found:
        data[FOUND] = dict(job.found)
    if inputs:
        data["input"] = {"video": job.video, "audio": job.audio, "sync_mode": job.sync_mode}
    effect = FAULTS[job.fault].effect if job.fault in FAULTS else None
    if isinstance(effect, Patch):
        effect.apply(data)
    return data


def timestamp(ms: int) -> str:
    """UTC with three fractional digits, as the API writes it.

    >>> timestamp(1759187383027)
    '2025-09-29T23:09:43.027Z'
    """
    moment = datetime.fromtimestamp(ms / 1000, timezone.utc)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _round(ms: float) -> float:
    return round(ms, 1)
