"""The envelope of every answer, `{"code", "message", "data"}`, errors included.

Only unknown paths are answered in plain text, like at the API.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect


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
    return PlainTextResponse("404 page not found", 404)


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
        return refusal(400, "The request broke off.")  # the client has disconnected

    @app.exception_handler(Exception)
    async def _unforeseen(request: Request, error: Exception) -> JSONResponse:
        return refusal(500, "The local backend had an internal error; its log says more.")


def validation_message(errors: Iterable[Mapping[str, Any]]) -> str:
    """Validation errors of a body in the API's wording, one sentence per field."""
    return "; ".join(dict.fromkeys(_sentence(error) for error in errors))


def _sentence(error: Mapping[str, Any]) -> str:
    kind = error["type"]
    field = ".".join(str(part) for part in error["loc"][1:])
    if kind == "json_invalid":
        return "the body is not valid JSON"
    if not field:
        return "the body must be a JSON object"
    if kind == "missing":
        return f'field "{field}" is required'
    if kind in ("enum", "literal_error"):
        expected = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
        return f'field "{field}" must be one of {expected}'
    message = str(error["msg"])
    return f'field "{field}": {message[:1].lower()}{message[1:]}'
