"""Endpoints for tickets, both kinds of upload, and downloads of uploads and outputs."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from lipsync_demo.backend.http.bodies import TicketBody
from lipsync_demo.backend.http.downloads import stored_file
from lipsync_demo.backend.http.envelopes import ApiError, ok
from lipsync_demo.backend.jobs.job import now_ms
from lipsync_demo.backend.jobs.media_sources import output_name
from lipsync_demo.backend.jobs.predictions import timestamp
from lipsync_demo.backend.jobs.uploads import Upload, stored_name
from lipsync_demo.backend.services import BaseUrl, Services, Shared

router = APIRouter(redirect_slashes=False)
_OUTPUT = re.compile(r"[0-9a-f]{32}\.mp4")
"""Name of an output."""

_COPY_BYTES = 1 << 20
"""Bytes per read when copying an upload."""


@router.post("/api/v3/media/uploads")
def ticket(body: TicketBody, services: Shared, base_url: BaseUrl) -> JSONResponse:
    upload = services.uploads.announce(body.filename, body.size, body.content_type)
    way = {
        "method": "PUT",
        "url": services.uploads.link(upload) or f"{base_url}/tickets/{upload.ticket}",
        "headers": {"Content-Type": upload.content_type, "If-None-Match": "*"},
        "expires_at": timestamp(upload.expires_ms),
    }
    return ok({**_described(upload, base_url), "upload": way})


@router.put("/tickets/{ticket}")
async def put(ticket: str, request: Request, services: Shared) -> Response:
    """Store a file.  As at an object store, the ticket is the only permission: a key is refused."""
    if "authorization" in request.headers:
        raise ApiError(400, "the ticket is the only permission an upload may carry")
    upload = await run_in_threadpool(services.uploads.by_ticket, ticket)
    if upload is None or now_ms() > upload.expires_ms:
        raise ApiError(403, "the ticket is unknown or has expired")
    if await run_in_threadpool(services.uploads.arrived, upload):
        raise ApiError(412, "this file has already been uploaded")
    if request.headers.get("content-type") != upload.content_type:
        raise ApiError(403, f"the ticket is for content type {upload.content_type}")
    if request.headers.get("if-none-match") != "*":
        raise ApiError(403, "the ticket asks for the header If-None-Match: *")
    if request.headers.get("content-length") != str(upload.size):
        raise ApiError(400, f"the ticket is for a Content-Length of {upload.size}")
    await services.uploads.receive(upload, request.stream())
    return Response(status_code=200)


@router.post("/api/v3/media/upload/binary")
async def binary(request: Request, services: Shared, base_url: BaseUrl) -> JSONResponse:
    async with request.form(max_files=1, max_fields=8) as form:
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.size:
            raise ApiError(400, 'the form field "file" is required and must hold a file')
        upload = await run_in_threadpool(_keep, services, file)
    return ok(_described(upload, base_url))


def _keep(services: Services, file: UploadFile) -> Upload:
    upload = services.uploads.announce(file.filename or "", file.size or 0, file.content_type)
    with services.uploads.writing(upload) as target:
        while chunk := file.file.read(_COPY_BYTES):
            target.write(chunk)
    return upload


def _described(upload: Upload, base_url: str) -> dict[str, Any]:
    return {
        "type": upload.kind,
        "download_url": f"{base_url}/uploads/{upload.name}",
        "filename": upload.filename,
        "size": upload.size,
    }


@router.api_route("/uploads/{name}", methods=["GET", "HEAD"])
def uploaded(name: str, request: Request, services: Shared) -> Response:
    upload = services.uploads.by_name(name)
    if upload is None:
        raise ApiError(404, "There is no such file, or it has expired.")
    return stored_file(services.storage, stored_name(name), upload.content_type, request)


@router.api_route("/outputs/{name}", methods=["GET", "HEAD"])
def output(name: str, request: Request, services: Shared) -> Response:
    if not _OUTPUT.fullmatch(name):
        raise ApiError(404, "There is no such file, or it has expired.")
    return stored_file(services.storage, output_name(name), "video/mp4", request)
