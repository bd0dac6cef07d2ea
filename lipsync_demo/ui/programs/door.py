"""The door itself: the endpoints' app behind checks of its own, as routes of the page's app.

The gate before the page has let the sender in, with a token or as the operator, and says who that
is.  The rest is as for the page: known paths and bodies only, sessions that are the sender's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Event

import gradio as gr
from anyio import to_thread
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo import markup
from lipsync_demo.access.doors import GRADIO as DOOR
from lipsync_demo.api.actions import Actions
from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import theme
from lipsync_demo.ui.frame.help import DOCUMENTATION
from lipsync_demo.ui.frame.sessions import Sessions
from lipsync_demo.ui.http.event_bodies import EventBodies
from lipsync_demo.ui.http.heartbeats import Heartbeats
from lipsync_demo.ui.http.streams import Streams
from lipsync_demo.ui.programs import outputs, page, uploads
from lipsync_demo.ui.programs.checks import KnownOnly
from lipsync_demo.ui.programs.endpoints import Endpoints
from lipsync_demo.ui.programs.paths import DOOR_STYLE, inside
from lipsync_demo.ui.programs.snippets import Snippets

SCRIPT, SHEET = (Path(__file__).with_name(f"documentation.{kind}") for kind in ("js", "css"))


class Door:
    """The door of one workspace; `media` signs and opens links to what it gives away.

    Nothing of it runs, and nothing is laid out for it, before `lay` and the first request.
    """

    def __init__(self, settings: Settings, workspace: Workspace, media: SignedMedia) -> None:
        self._settings = settings
        self._actions = Actions(settings, workspace)
        self._room = workspace.room
        self._media = media
        self._laid = Event()
        self._wanted, self._serves, self._ends = (asyncio.Event() for _ in range(3))

    def lay(self) -> None:
        """Lay the endpoints out; no other thread may make widgets meanwhile."""
        try:
            self._lay()
        finally:
            self._laid.set()

    def _lay(self) -> None:
        base = self._settings.public_base_url or ""
        blocks = page.lay(Endpoints(self._actions, self._media.sign, base))
        self._app = gr.mount_gradio_app(
            FastAPI(openapi_url=None),
            blocks,
            path="/",
            footer_links=["api"],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            max_file_size=f"{self._settings.max_upload_mb}mb",
            theme=theme.build(),
            js=SCRIPT.read_text(encoding="utf-8"),
            app_kwargs={"openapi_url": None},
        )
        (mounted,) = (one.app for one in self._app.routes if isinstance(one, Mount))
        # By which they are closed; `launch` would tell them.
        vars(blocks).update(app=mounted, server=None)
        sessions = Sessions(blocks)
        sessions.serve(mounted)
        inner: ASGIApp = Streams(Snippets(self._app), waits=blocks.waits)
        inner = Heartbeats(inner, opened=sessions.open)
        inner = EventBodies(inner, events=blocks.fns)
        self._inner = KnownOnly(inner, blocks)
        self.blocks = blocks

    def routes(self) -> list[BaseRoute]:
        """The routes that take precedence over those of the page's Gradio."""
        return [
            uploads.route(self._actions, self._room),
            outputs.route(self._media),
            Route(DOOR_STYLE, _style),
            Route(DOOR, lambda request: RedirectResponse(DOCUMENTATION)),
            Mount(DOOR, self),
        ]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Answer calls within the block."""
        serving = asyncio.create_task(self._serve())
        try:
            yield
        finally:
            self._ends.set()
            self._wanted.set()
            await serving

    def close(self) -> None:
        """End the answers that are still awaited; not for the thread that sends them."""
        if self._laid.is_set():
            self.blocks.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._serves.is_set():
            await to_thread.run_sync(self._laid.wait)
            self._wanted.set()
            await self._serves.wait()
        path = inside(scope["path"])
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        await self._inner(inner, receive, send)

    async def _serve(self) -> None:
        """Keep Gradio's queue from the first request to the end: at rest it polls, too."""
        await self._wanted.wait()
        if self._ends.is_set():
            return
        async with self._app.router.lifespan_context(self._app):
            self._serves.set()
            await self._ends.wait()
            self.blocks.close(verbose=False)


def _style(request: Request) -> Response:
    return Response(markup.style() + SHEET.read_text(encoding="utf-8"), media_type="text/css")
