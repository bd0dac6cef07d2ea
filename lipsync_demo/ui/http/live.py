"""The route by which the page watches a run while it is rendered."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.runs.driving.live import ROUTE
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.workspace import Workspace

STATE, ATTEMPT = "X-Live-State", "X-Live-Attempt"
"""Headers: `preparing`, `shown`, `withheld` or `ended`; and which rendering the bytes are of."""


def routes(workspace: Workspace) -> list[BaseRoute]:
    """The route of links to runs that are being rendered."""

    def watch(request: Request) -> Response:
        query, start = request.query_params, request.query_params.get("from", "0")
        # At most fifteen digits: more is no length of a file.
        first = int(start) if start.isdecimal() and len(start) < 16 else 0
        try:
            part = workspace.live.open(
                request.path_params["run"], query.get("exp", ""), query.get("sig", ""), first
            )
        except LinkRefused as error:
            return JSONResponse({"code": error.status, "message": error.what}, error.status)
        except RunNotFound as error:
            return JSONResponse({"code": 404, "message": error.what}, 404)
        headers = {
            "Cache-Control": "private, no-store",
            STATE: part.state,
            ATTEMPT: str(part.attempt),
        }
        status = 200 if part.content else 204
        return Response(part.content or None, status, headers, "video/mp4")

    return [Route(f"{ROUTE}{{run}}", watch)]
