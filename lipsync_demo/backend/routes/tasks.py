"""Tasks: submit, result, list, delete."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from lipsync_demo.backend.bodies import DeleteBody, ListBody, SubmitBody
from lipsync_demo.backend.effects import Decree, Place
from lipsync_demo.backend.envelopes import ApiError, ok
from lipsync_demo.backend.jobs import CREATED, Filter
from lipsync_demo.backend.predictions import describe
from lipsync_demo.backend.retention import forget_outputs
from lipsync_demo.backend.services import BaseUrl, Shared
from lipsync_demo.settings import MODEL_ID

router = APIRouter(prefix="/api/v3", redirect_slashes=False)
_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")


@router.post(f"/{MODEL_ID}")
def submit(
    body: SubmitBody, services: Shared, base_url: BaseUrl, webhook: str | None = None
) -> JSONResponse:
    if webhook is not None:
        raise ApiError(400, "the local backend sends no webhooks: poll the task's result")
    fault = services.faults.take(Place.TASK)
    job = services.jobs.add(
        body.video,
        body.audio,
        body.sync_mode,
        fault=fault.name if fault else None,
        decree=fault.effect if fault and isinstance(fault.effect, Decree) else None,
    )
    services.pool.wake()
    # A task decreed to end badly starts like any other.
    return ok(describe(replace(job, status=CREATED, code=0, error=""), base_url))


@router.get("/predictions/{job_id}")
@router.get("/predictions/{job_id}/result")
def result(job_id: str, services: Shared, base_url: BaseUrl) -> JSONResponse:
    job = services.jobs.get(job_id) if _ID.fullmatch(job_id) else None
    if job is None:
        raise ApiError(404, "Prediction not found")
    data = describe(job, base_url)
    services.faults.take_patch(Place.ANSWER, data)
    return ok(data)


@router.post("/predictions")
def listing(body: ListBody, services: Shared, base_url: BaseUrl) -> JSONResponse:
    if body.model not in (None, MODEL_ID):
        return ok({"page": body.page, "total": 0, "items": []})
    wanted = Filter(body.status, _ms(body.created_after), _ms(body.created_before))
    total, jobs = services.jobs.page(wanted, body.page, body.page_size)
    items = [describe(job, base_url, inputs=body.include_inputs) for job in jobs]
    return ok({"page": body.page, "total": total, "items": items})


@router.post("/predictions/delete")
def delete(body: DeleteBody, services: Shared) -> JSONResponse:
    gone = services.jobs.remove(body.ids)
    forget_outputs(gone, services.outputs)
    return ok({"deleted_count": len(gone)})


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
