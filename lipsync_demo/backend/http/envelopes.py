"""The envelope of every answer, `{"code", "message", "data"}`, errors included.

Only unknown paths are answered in plain text, like at the API.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from lipsync_demo.backend.http import words
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.storage import FileMissing, StorageError

log = logging.getLogger(__name__)


class ApiError(HTTPException):
    """Ends a request with this HTTP status and this message in the envelope."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)


def ok(data: Any) -> JSONResponse:
    return JSONResponse({"code": 200, "message": "success", "data": data})


def refusal(status: int, message: str) -> JSONResponse:
    return JSONResponse({"code": status, "message": message, "data": None}, status)


def nothing_here() -> PlainTextResponse:
    """The API router's answer to an unknown path or method."""
    return PlainTextResponse(words.PAGE_NOT_FOUND, 404)


def install(app: FastAPI) -> None:
    """Wrap every error of `app` in an envelope, including the framework's own."""

    @app.exception_handler(ApiError)
    async def _own(request: Request, error: ApiError) -> JSONResponse:
        return refusal(error.status_code, error.detail)

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return refusal(400, validation_message(error.errors()))

    @app.exception_handler(HTTPException)
    async def _http(request: Request, error: HTTPException) -> Response:
        if error.status_code in (404, 405):
            return nothing_here()
        return refusal(error.status_code, str(error.detail))

    @app.exception_handler(ClientDisconnect)
    async def _gone(request: Request, error: ClientDisconnect) -> JSONResponse:
        return refusal(400, words.BROKE_OFF)  # the client has disconnected

    @app.exception_handler(DatabaseUnusable)
    async def _busy(request: Request, error: DatabaseUnusable) -> JSONResponse:
        log.warning("%s", error)
        return refusal(503, error.what)  # clients try again

    @app.exception_handler(FileMissing)
    async def _missing(request: Request, error: FileMissing) -> JSONResponse:
        return refusal(404, words.FILE_GONE)

    @app.exception_handler(StorageError)
    async def _away(request: Request, error: StorageError) -> JSONResponse:
        log.warning("%s", error)
        return refusal(503, error.what)  # clients try again

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        return refusal(500, words.INTERNAL_ERROR)


def validation_message(errors: Iterable[Mapping[str, Any]]) -> str:
    """Validation errors of a body in the API's wording, one sentence per field."""
    return "; ".join(dict.fromkeys(_sentence(error) for error in errors))


def _sentence(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    field = ".".join(str(part) for part in error["loc"][1:])
    if kind == "json_invalid":
        return words.NO_JSON
    if not field:
        return words.NO_OBJECT
    if kind == "missing":
        return words.field_required(field)
    if kind in ("enum", "literal_error"):
        expected = ", ".join(re.findall(r"'([^']*)'", error["ctx"]["expected"]))
        return words.field_one_of(field, expected)
    message = str(error["msg"])
    return words.field_wrong(field, message[:1].lower(), message[1:])
