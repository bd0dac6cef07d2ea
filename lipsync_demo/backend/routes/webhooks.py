"""Endpoint of the secret with which receivers verify webhooks."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from lipsync_demo.backend.http.envelopes import ok
from lipsync_demo.backend.services import Shared

router = APIRouter(prefix="/api/v3", redirect_slashes=False)


@router.get("/webhook/secret")
def secret(services: Shared) -> JSONResponse:
    return ok({"secret": services.secret.text})
