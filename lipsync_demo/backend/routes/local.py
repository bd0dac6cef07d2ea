"""Endpoints that the hosted API does not have: cancel a task, watch it while it is rendered.

A task announces them in its `urls` as long as it has not ended.
"""

from __future__ import annotations

import base64
import re
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from lipsync_demo.backend.http.envelopes import ApiError, ok
from lipsync_demo.backend.jobs.job import PROCESSING, Job
from lipsync_demo.backend.jobs.live import LivePart, LiveState
from lipsync_demo.backend.jobs.predictions import describe
from lipsync_demo.backend.services import BaseUrl, Services, Shared

router = APIRouter(prefix="/api/local/tasks", redirect_slashes=False)
_ID = re.compile(r"[0-9a-f]{32}")
"""Form of this server's task ids."""


@router.post("/{job_id}/cancel")
def cancel(job_id: str, services: Shared, base_url: BaseUrl) -> JSONResponse:
    """Cancel a task that has not ended; one that has is answered as it is."""
    _job(job_id, services)
    # The record first: if the server is killed now, nothing takes the task up again.
    if services.jobs.cancel(job_id) is not None:
        services.queue.cancel(job_id)
        services.sender.wake()
    return ok(describe(_job(job_id, services), base_url))


@router.get("/{job_id}/live")
def live(
    job_id: str, services: Shared, start: Annotated[int, Query(alias="from", ge=0)] = 0
) -> JSONResponse:
    """The next bytes of a fragmented MP4 that grows while the task is rendered."""
    job = _job(job_id, services)
    if job.fault is not None:
        # A fault may flag the output, whatever is in it.
        part = LivePart(LiveState.WITHHELD)
    elif job.status == PROCESSING:
        part = services.queue.live(job, start)
    elif job.running:
        part = LivePart(LiveState.PREPARING)
    else:
        part = LivePart(LiveState.ENDED)
    content = base64.b64encode(part.data).decode()
    return ok({"state": part.state.value, "attempt": part.attempt, "content": content})


def _job(job_id: str, services: Services) -> Job:
    job = services.jobs.get(job_id) if _ID.fullmatch(job_id) else None
    if job is None:
        raise ApiError(404, "Prediction not found")
    return job
