"""How a door says no: problem details, as RFC 9457 describes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse

MEDIA_TYPE: Final = "application/problem+json"


def problem(
    status: HTTPStatus, what: str, hint: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A refusal with what happened, and what to do next."""
    told = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": what}
    if hint:
        told["hint"] = hint
    return JSONResponse(told, status, headers, MEDIA_TYPE)
