"""Routes for those who run the page: whether it can take work, and its metrics."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from lipsync_demo.access.scraping import may_scrape
from lipsync_demo.metrics.exposition import CONTENT_TYPE, exposition
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.http import words

READY, METRICS = "/readyz", "/metrics"
OF_BACKEND = f"{METRICS}/backend"
"""What the local backend of this page tells, whose own port nobody knows."""


def routes(
    settings: Settings, workspace: Workspace, open_pages: Callable[[], int]
) -> list[BaseRoute]:
    """The routes; `open_pages` returns how many pages are open."""
    # A thread of its own: it answers while all others work.
    own = ThreadPoolExecutor(1, "operating")

    async def readyz(request: Request) -> Response:
        loop = asyncio.get_running_loop()
        problems = await loop.run_in_executor(own, workspace.readiness.problems)
        return JSONResponse(
            {"ready": not problems, "problems": list(problems)}, 503 if problems else 200
        )

    def page() -> str:
        return exposition("page", workspace.figures.now(open_pages())).decode()

    def shown(look: Callable[[], str | None]) -> Callable[[Request], Awaitable[Response]]:
        async def metrics(request: Request) -> Response:
            if not may_scrape(request.scope, settings.metrics_token):
                refusal = {"code": 401, "message": str(words.METRICS_SHUT)}
                return JSONResponse(refusal, 401, {"WWW-Authenticate": "Bearer"})
            text = await asyncio.get_running_loop().run_in_executor(own, look)
            if text is None:
                refusal = {"code": 404, "message": str(words.NO_BACKEND_HERE)}
                return JSONResponse(refusal, 404)
            headers = {"Content-Type": CONTENT_TYPE, "Cache-Control": "no-store"}
            return Response(text, headers=headers)

        return metrics

    return [
        Route(READY, readyz),
        Route(METRICS, shown(page)),
        Route(OF_BACKEND, shown(workspace.readiness.backend_metrics)),
    ]
