"""Endpoint of the bill, which lists every task at no charge."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from lipsync_demo.backend.http.bodies import BillBody
from lipsync_demo.backend.http.envelopes import ok
from lipsync_demo.backend.jobs.job import Filter, Job
from lipsync_demo.backend.jobs.predictions import timestamp
from lipsync_demo.backend.services import Shared
from lipsync_demo.settings import MODEL_ID

DEDUCT = "deduct"
"""Billing type of a charge."""
router = APIRouter(prefix="/api/v3", redirect_slashes=False)


@router.post("/billings/search")
def search(body: BillBody, services: Shared) -> JSONResponse:
    total, jobs = 0, list[Job]()
    if body.billing_type in (None, "", DEDUCT):
        total, jobs = services.jobs.page(
            Filter(ids=body.prediction_uuids), body.page, body.page_size
        )
    return ok({"page": body.page, "total": total, "items": [_item(job) for job in jobs]})


def _item(job: Job) -> dict[str, Any]:
    moment = timestamp(job.created_ms)
    return {
        "uuid": job.id,
        "billing_type": DEDUCT,
        "price": 0,
        "created_at": moment,
        "updated_at": moment,
        "order": {"uuid": job.id, "state": "done", "price": 0, "origin_price": 0, "status": ""},
        "prediction": {"uuid": job.id, "model_uuid": MODEL_ID, "status": job.status},
        "access_key_name": "",
    }
