"""Whether the server is alive and can take tasks, and its metrics; requires no key."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from lipsync_demo.access.scraping import may_scrape
from lipsync_demo.backend.http.envelopes import ApiError
from lipsync_demo.backend.jobs.job import CREATED, PROCESSING
from lipsync_demo.backend.routes import words
from lipsync_demo.backend.services import Services, Shared
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.metrics import table
from lipsync_demo.metrics.exposition import CONTENT_TYPE, Told, exposition
from lipsync_demo.metrics.metric import Metric, Values

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


@router.get("/readyz")
def readyz(services: Shared) -> JSONResponse:
    problems = services.readiness.problems()
    return JSONResponse(
        {"ready": not problems, "problems": list(problems)}, 503 if problems else 200
    )


@router.get("/metrics")
def metrics(request: Request, services: Shared) -> Response:
    if not may_scrape(request.scope, services.metrics_token):
        raise ApiError(401, words.METRICS_SHUT)
    return Response(exposition("backend", _now(services)), headers={"Content-Type": CONTENT_TYPE})


def _now(services: Services) -> Told:
    """The figures of this moment; without those of the database while it is away."""
    readiness = services.readiness
    told: dict[Metric, dict[Values, float]] = {
        table.READY: {(): not readiness.problems()},
        table.DRAINING: {(): readiness.draining.is_set()},
        table.DISK_FREE: {(): readiness.disk_free},
    }
    try:
        return told | _shared(services)
    except DatabaseUnusable:
        return told


def _shared(services: Services) -> dict[Metric, dict[Values, float]]:
    jobs = services.jobs
    waiting, statuses = jobs.waiting(), jobs.statuses()
    kinds = dict(zip(table.PATIENCE, (False, True), strict=True))
    return {
        table.QUEUE_JOBS: {(k,): waiting.get(patient, (0, 0.0))[0] for k, patient in kinds.items()},
        table.QUEUE_AGE: {(k,): waiting.get(patient, (0, 0.0))[1] for k, patient in kinds.items()},
        table.JOBS: {(status,): statuses.get(status, 0) for status in table.STATUSES},
        table.ATTEMPTS: dict(jobs.tallied(table.ATTEMPTS)),
        table.RENDER_SECONDS: dict(jobs.tallied(table.RENDER_SECONDS)),
        table.WORKERS: {(): services.queue.health().workers},
    }
