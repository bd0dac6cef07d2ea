"""Endpoints of tasks: submit, result, list, delete."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from lipsync_demo.backend.faults.effects import ForcedStatus, Place
from lipsync_demo.backend.http.bodies import DeleteBody, ListBody, SubmitBody
from lipsync_demo.backend.http.envelopes import ApiError, ok
from lipsync_demo.backend.jobs.held_answers import ended, hold_seconds
from lipsync_demo.backend.jobs.job import CREATED, PROCESSING, Filter, Job
from lipsync_demo.backend.jobs.predictions import describe
from lipsync_demo.backend.jobs.retention import delete_inputs, delete_outputs
from lipsync_demo.backend.queue.attempt import TIMED_OUT
from lipsync_demo.backend.routes import words
from lipsync_demo.backend.services import BaseUrl, Services, Shared
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.visible_label import FIELD, LabelDemanded, settled
from lipsync_demo.wavespeed.schema import PATIENT, PREFER, TURN

router = APIRouter(prefix="/api/v3", redirect_slashes=False)
_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")
"""Form of a task id."""

_HELD_POLL_SECONDS = 0.1
"""Maximum seconds between polls of a job whose result is held: a person waits for it."""


@router.post(f"/{MODEL_ID}")
async def submit(
    body: SubmitBody,
    request: Request,
    services: Shared,
    base_url: BaseUrl,
    webhook: Annotated[str | None, Query(max_length=8192)] = None,
    turn: Annotated[str | None, Header(alias=TURN, max_length=64)] = None,
    patient: Annotated[bool, Header(alias=PATIENT)] = False,
) -> JSONResponse:
    job = await run_in_threadpool(_accept, body, services, base_url, webhook, turn, patient)
    if not body.enable_sync_mode:
        # A task that a fault makes fail starts like any other.
        return ok(describe(replace(job, status=CREATED, code=0, error=""), base_url))
    job = await ended(
        job,
        services.jobs,
        seconds=services.sync_seconds,
        gone=request.is_disconnected,
        closing=services.closing,
    )
    if job.running:
        return ok(_goes_on(describe(job, base_url), services.sync_seconds))
    data = await run_in_threadpool(describe, job, base_url, files=services.storage)
    return ok(data)


def _accept(
    body: SubmitBody,
    services: Services,
    base_url: str,
    webhook: str | None,
    turn: str | None,
    patient: bool,
) -> Job:
    """Store the job and its webhook.

    Raises:
        ApiError: 400 the webhook cannot be delivered, or not with base64 output; or a label is
            switched off that the settings demand.
    """
    if webhook:
        _check_webhook(webhook, body, services)
    try:
        settled(body.ai_label, services.ai_label)
    except LabelDemanded as error:
        raise ApiError(400, f'parameter "{FIELD}": {error}') from None
    fault = services.faults.take(Place.TASK)
    job = services.jobs.add(
        body.video,
        body.audio,
        body.sync_mode,
        face=body.face,
        ai_label=body.ai_label,
        base64=bool(body.enable_base64_output),
        fault=fault.name if fault else None,
        decree=fault.effect if fault and isinstance(fault.effect, ForcedStatus) else None,
        turn=turn,
        patient=patient,
    )
    if webhook:
        services.outbox.add(job.id, webhook, base_url)
        services.sender.wake()
    services.queue.wake()
    return job


def _check_webhook(webhook: str, body: SubmitBody, services: Services) -> None:
    from lipsync_demo.wavespeed.untrusted.delivery import Undelivered, check_receiver

    if body.enable_base64_output:
        raise ApiError(400, "a webhook cannot carry base64 output: leave one of the two out")
    try:
        check_receiver(webhook, allow_private=services.allow_private)
    except Undelivered as error:
        raise ApiError(400, f'parameter "webhook": {error}') from None


def _goes_on(data: dict[str, Any], seconds: float) -> dict[str, Any]:
    """The answer after a timeout; official clients recognise its code or its message."""
    error = words.goes_on(seconds, data["urls"]["get"])
    return {**data, "status": PROCESSING, "code": TIMED_OUT, "error": error}


@router.get("/predictions/{job_id}/result")
async def result(
    job_id: str,
    request: Request,
    services: Shared,
    base_url: BaseUrl,
    prefer: Annotated[str, Header(alias=PREFER)] = "",
) -> JSONResponse:
    job = await run_in_threadpool(services.jobs.get, job_id) if _ID.fullmatch(job_id) else None
    if job is None:
        raise ApiError(404, "Prediction not found")
    # One that waits for its turn may do so for long, and its client for many of them.
    if job.status == PROCESSING and (seconds := hold_seconds(prefer)):
        job = await ended(
            job,
            services.jobs,
            seconds=seconds,
            gone=request.is_disconnected,
            closing=services.closing,
            slowest=_HELD_POLL_SECONDS,
        )
    return await run_in_threadpool(_told, job, services, base_url)


def _told(job: Job, services: Services, base_url: str) -> JSONResponse:
    share = services.queue.share(job)
    data = describe(job, base_url, files=services.storage, share=share)
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
    delete_outputs(gone, services.storage)
    if body.inputs:
        delete_inputs(gone, services.jobs, services.uploads, services.storage, services.analyses)
    return ok({"deleted_count": len(gone)})


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)
