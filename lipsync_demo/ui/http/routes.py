"""This app's own routes: signed media, health check, 404 for API paths."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lipsync_demo.hosting.errors import LinkRefused
from lipsync_demo.hosting.signed import ROUTE, SignedMedia
from lipsync_demo.media.formats import SHOWN_TYPES
from lipsync_demo.runs.upkeep.health import OK
from lipsync_demo.safe_names import clean_name
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import words
from lipsync_demo.version import __version__

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
"""Methods of paths that answer 404."""


def routes(
    settings: Settings,
    media: SignedMedia,
    health: Callable[[], tuple[str, str | None]] = lambda: (OK, None),
) -> list[BaseRoute]:
    """The routes that take precedence over Gradio's; `health` returns how it is, and why."""

    def open_media(request: Request) -> Response:
        query = request.query_params
        try:
            path = media.open(
                request.path_params["name"], query.get("exp", ""), query.get("sig", "")
            )
        except LinkRefused as error:
            return JSONResponse({"code": error.status, "message": error.what}, error.status)
        known = SHOWN_TYPES.get(path.suffix)
        # Other types are only downloaded: the browser must not interpret their content.
        attached = known is None or "download" in query
        return FileResponse(
            path,
            media_type=known or "application/octet-stream",
            filename=_saved_as(query.get("download", ""), path) if attached else None,
            headers={"Cache-Control": "private, max-age=3600"},
        )

    # A thread of its own: it answers while all others work.
    own = ThreadPoolExecutor(1, "health")

    async def healthz(request: Request) -> Response:
        status, problem = await asyncio.get_running_loop().run_in_executor(own, health)
        return JSONResponse(
            {
                "status": status,
                "problem": problem and str(problem),
                "backend": settings.backend_name,
                "version": __version__,
            }
        )

    def no_api(request: Request) -> Response:
        message = words.nothing_at(request.url.path)
        return JSONResponse({"code": 404, "message": message, "data": None}, 404)

    return [
        Route(f"{ROUTE}{{name}}", open_media),
        Route("/healthz", healthz),
        Route("/api/{path:path}", no_api, methods=METHODS),
    ]


def _saved_as(wanted: str, path: Path) -> str:
    """The name under which a browser saves a file: as the link says, with the file's own ending."""
    return f"{Path(clean_name(wanted)).stem or 'lipsync'}{path.suffix}"
