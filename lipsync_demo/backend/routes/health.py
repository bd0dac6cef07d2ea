"""Health check of the server and its models; requires no key."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from lipsync_demo.backend.jobs.store import CREATED, PROCESSING
from lipsync_demo.backend.services import Shared

router = APIRouter()


@router.get("/healthz")
def healthz(services: Shared) -> JSONResponse:
    health = services.queue.health()
    return JSONResponse(
        {
            "status": "ok" if health.problem is None else "unusable",
            "models": "ready" if health.ready else "loading",
            "problem": health.problem,
            "workers": health.workers,
            "waiting": services.jobs.count(CREATED),
            "running": services.jobs.count(PROCESSING),
        }
    )
