"""The route of every operation: its scope, answers once, entity tags, bodies of the right type."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.v1.once import Once

PRIVATE = "private, no-cache"
"""How an answer may be kept: by its reader, who asks each time whether it still holds."""


class Operation(APIRoute):
    """A route of the JSON API."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what every operation has around it."""
        answer = super().get_route_handler()
        takes_json = self.body_field is not None

        async def handle(request: Request) -> Response:
            if takes_json:
                await _check_type(request)
            if request.method == "POST":
                once: Once = request.app.state.once
                return await once.answer(request, answer)
            response = await answer(request)
            return _tagged(request, response) if request.method == "GET" else response

        return handle


async def _check_type(request: Request) -> None:
    """Check that a body is JSON, if there is one.

    Raises:
        ApiError: it says that it is something else.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and (kind or await request.body()):
        raise ApiError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body of this request is JSON.",
            "Send it as application/json.",
        )


def _tagged(request: Request, response: Response) -> Response:
    """An answer with its entity tag; without its body if its reader has that already."""
    body = getattr(response, "body", None)
    whole = isinstance(body, bytes) and response.media_type == "application/json"
    if not whole or response.status_code != HTTPStatus.OK:
        return response
    tag = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    response.headers.setdefault("Cache-Control", PRIVATE)
    known = [one.strip() for one in request.headers.get("if-none-match", "").split(",")]
    if tag in (one.removeprefix("W/") for one in known) or known == ["*"]:
        kept = {"ETag": tag, "Cache-Control": PRIVATE}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=kept)
    return response
