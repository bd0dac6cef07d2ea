"""Uploads: whole, in parts by `Content-Range`, or as tus 1.0.0 describes.

tus is spoken here itself: its core, `creation` and `termination`.  The server libraries that there
are keep files, names and locks of their own, beside the quotas, rates and owners of this app.
"""

from __future__ import annotations

import base64
import binascii
import re
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Body, Header, Path, Request, Response

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.uploads import Upload
from lipsync_demo.api.v1.bodies import NewUpload
from lipsync_demo.api.v1.described import BINARY, WRITING, Key, allowed, refusals
from lipsync_demo.api.v1.once import target
from lipsync_demo.api.v1.receiving import received
from lipsync_demo.api.v1.route import Operation
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.api.views import UploadView

TUS: Final = "1.0.0"
"""The version of tus that is spoken."""

UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The upload's id.")]
Resumable = Annotated[
    str | None, Header(alias="Tus-Resumable", max_length=20, description=f"tus: `{TUS}`.")
]
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})", re.ASCII)


def routes(actions: Actions) -> APIRouter:
    """The operations on uploads."""
    router = APIRouter(prefix="/uploads", tags=["uploads"], route_class=Operation)
    uploads = actions.uploads

    @router.post(
        "", status_code=201, responses=refusals(412, *WRITING), dependencies=[allowed("run")]
    )
    async def begin_upload(
        request: Request,
        response: Response,
        body: Annotated[NewUpload | None, Body()] = None,
        tus: Resumable = None,
        upload_length: Annotated[int | None, Header(ge=0)] = None,
        upload_metadata: Annotated[str | None, Header(max_length=2000)] = None,
        key: Key = None,
    ) -> UploadView:
        """Begin an upload of `size_bytes`, or download `url`; then send the bytes to its `url`.

        With `Tus-Resumable` the length and the name are in tus's headers, and there is no body.
        """
        if tus is not None:
            _speaks(tus)
            if not upload_length:
                raise ApiError(
                    HTTPStatus.BAD_REQUEST,
                    "The length of the file is missing, or 0.",
                    "Send it as Upload-Length; it cannot be said later.",
                )
            body = NewUpload(name=_name(upload_metadata), size_bytes=upload_length)
            response.headers["Tus-Resumable"] = TUS
        if body is None:
            raise ApiError(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "The file is not named.",
                "Send a JSON body with name and size_bytes, or url.",
            )
        chosen = target(request)
        if body.url is not None:
            made = await at_work(uploads.fetch, body.url, chosen)
        else:
            made = await at_work(uploads.begin, body.name, body.size_bytes, chosen)
        response.headers["Location"] = f"{ROOT}/uploads/{made.id}"
        return UploadView.of(made)

    @router.get("/{upload_id}", responses=refusals(), dependencies=[allowed("run")])
    async def get_upload(upload_id: UploadId) -> UploadView:
        """An upload, and how many bytes of it have come."""
        return UploadView.of(await at_work(uploads.get, upload_id))

    @router.head(
        "/{upload_id}",
        responses=refusals(412),
        response_class=Response,
        dependencies=[allowed("run")],
    )
    async def ask_offset(upload_id: UploadId, tus: Resumable = None) -> Response:
        """tus: how many bytes have come, in `Upload-Offset`."""
        if tus is not None:
            _speaks(tus)
        found = await at_work(uploads.get, upload_id)
        length = {"Upload-Length": str(found.record.size), "Cache-Control": "no-store"}
        return Response(headers={**length, **_offset(found)})

    @router.put(
        "/{upload_id}",
        responses=refusals(416, 423, *WRITING),
        dependencies=[allowed("run")],
        openapi_extra={"requestBody": {"content": {"application/octet-stream": BINARY}}},
    )
    async def put_upload(
        upload_id: UploadId,
        request: Request,
        content_range: Annotated[str | None, Header(max_length=80)] = None,
    ) -> UploadView:
        """Send all bytes, or with `Content-Range: bytes 0-1048575/5000000` the next of them."""
        at, size = 0, None
        if content_range is not None:
            found = _RANGE.fullmatch(content_range)
            if found is None:
                raise ApiError(
                    HTTPStatus.BAD_REQUEST,
                    "This Content-Range cannot be read.",
                    "Write it like bytes 0-1048575/5000000.",
                )
            at, size = int(found[1]), int(found[3])
        whole = content_range is None
        return UploadView.of(await received(uploads, upload_id, request, at, size, anew=whole))

    @router.patch(
        "/{upload_id}",
        status_code=204,
        responses=refusals(412, 423, *WRITING),
        response_class=Response,
        dependencies=[allowed("run")],
        openapi_extra={
            "requestBody": {"content": {"application/offset+octet-stream": BINARY}},
        },
    )
    async def send_part(
        upload_id: UploadId,
        request: Request,
        upload_offset: Annotated[int, Header(ge=0)],
        tus: Resumable = None,
    ) -> Response:
        """tus: send the bytes from `Upload-Offset` on."""
        _speaks(tus)
        kind = request.headers.get("content-type", "")
        if kind.partition(";")[0].strip().lower() != "application/offset+octet-stream":
            raise ApiError(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "The body of this request is bytes.",
                "Send it as application/offset+octet-stream.",
            )
        now = await received(uploads, upload_id, request, upload_offset, None)
        return Response(status_code=204, headers=_offset(now))

    @router.delete(
        "/{upload_id}",
        status_code=204,
        responses=refusals(),
        response_class=Response,
        dependencies=[allowed("run")],
    )
    async def delete_upload(upload_id: UploadId) -> Response:
        """Remove an upload; runs that were started with it have a copy."""
        await at_work(uploads.remove, upload_id)
        return Response(status_code=204, headers={"Tus-Resumable": TUS})

    @router.options("", responses=refusals(), status_code=204, response_class=Response)
    async def ask_tus() -> Response:
        """tus: what is spoken here."""
        told = {
            "Tus-Resumable": TUS,
            "Tus-Version": TUS,
            "Tus-Extension": "creation,termination",
            "Tus-Max-Size": str(uploads.limit),
        }
        return Response(status_code=204, headers=told)

    return router


def _offset(upload: Upload) -> dict[str, str]:
    return {"Upload-Offset": str(upload.received), "Tus-Resumable": TUS}


def _speaks(version: str | None) -> None:
    if version != TUS:
        raise ApiError(
            HTTPStatus.PRECONDITION_FAILED,
            f"Only version {TUS} of tus is spoken here.",
            f"Send Tus-Resumable: {TUS}.",
        )


def _name(metadata: str | None) -> str:
    """The file's name in `Upload-Metadata`, whose values are base64."""
    for pair in (metadata or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if key in ("filename", "name"):
            try:
                return base64.b64decode(value, validate=True).decode()[:255] or "file"
            except (binascii.Error, ValueError):
                break
    return "file"
