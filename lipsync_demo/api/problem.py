"""How a door says no: problem details, as RFC 9457 describes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse

from lipsync_demo.access.errors import NoRoom, NotAllowed, TooMany
from lipsync_demo.api.errors import ApiError
from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.errors import ExplainedError
from lipsync_demo.face_choice import FaceUnknown
from lipsync_demo.hosting.errors import HostingUnavailable
from lipsync_demo.media.errors import MediaError
from lipsync_demo.runs.record.clock import seconds_until
from lipsync_demo.runs.record.errors import (
    GroupNotFound,
    LimitReached,
    NothingSent,
    NotYours,
    RunNotFound,
    RunRefused,
)
from lipsync_demo.storage import StorageError
from lipsync_demo.wavespeed.errors import (
    BadParameter,
    DownloadFailed,
    NoCredits,
    RateLimited,
    WaveSpeedError,
)

MEDIA_TYPE: Final = "application/problem+json"

STATUSES: Final[tuple[tuple[type[ExplainedError], HTTPStatus], ...]] = (
    (RunNotFound, HTTPStatus.NOT_FOUND),
    (GroupNotFound, HTTPStatus.NOT_FOUND),
    (NotYours, HTTPStatus.FORBIDDEN),
    (NotAllowed, HTTPStatus.FORBIDDEN),
    (NothingSent, HTTPStatus.FORBIDDEN),
    (LimitReached, HTTPStatus.TOO_MANY_REQUESTS),
    (TooMany, HTTPStatus.TOO_MANY_REQUESTS),
    (RateLimited, HTTPStatus.TOO_MANY_REQUESTS),
    (NoRoom, HTTPStatus.INSUFFICIENT_STORAGE),
    (RunRefused, HTTPStatus.CONFLICT),
    (NoCredits, HTTPStatus.PAYMENT_REQUIRED),
    (MediaError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (FaceUnknown, HTTPStatus.UNPROCESSABLE_ENTITY),
    (BadParameter, HTTPStatus.UNPROCESSABLE_ENTITY),
    (DownloadFailed, HTTPStatus.UNPROCESSABLE_ENTITY),
    (WaveSpeedError, HTTPStatus.BAD_GATEWAY),
    (DatabaseUnusable, HTTPStatus.SERVICE_UNAVAILABLE),
    (StorageError, HTTPStatus.SERVICE_UNAVAILABLE),
    (HostingUnavailable, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The status of each kind of error, the first that fits."""

UNREAD: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
"""Refusals of a body whose rest is not read."""


def problem(
    status: HTTPStatus, what: str, hint: str = "", headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """A refusal with what happened, and what to do next."""
    told = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": what}
    if hint:
        told["hint"] = hint
    return JSONResponse(told, status, headers, MEDIA_TYPE)


def status_of(error: ExplainedError) -> HTTPStatus:
    """The status that says what kind of error it is."""
    if isinstance(error, ApiError):
        return error.status
    fitting = (status for kind, status in STATUSES if isinstance(error, kind))
    return next(fitting, HTTPStatus.INTERNAL_SERVER_ERROR)


def problem_of(error: ExplainedError) -> JSONResponse:
    """An error as a refusal; one that ends by itself says when, in `Retry-After`."""
    ends = getattr(error, "ends", None)
    headers = {} if ends is None else {"Retry-After": str(max(1, math.ceil(seconds_until(ends))))}
    status = status_of(error)
    if status in UNREAD:
        headers["connection"] = "close"
    return problem(status, str(error.what), str(error.hint), headers)
