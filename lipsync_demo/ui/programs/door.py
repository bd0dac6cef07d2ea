"""The door itself: the endpoints' app behind checks of its own, as routes of the page's app.

The gate before the page has let the sender in, with a token or as the operator, and says who that
is.  The rest is as for the page: known paths and bodies only, sessions that are the sender's.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import gradio as gr
from fastapi import FastAPI
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.access.doors import GRADIO as DOOR
from lipsync_demo.api.actions import Actions
from lipsync_demo.hosting.signed import SignedMedia
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import theme
from lipsync_demo.ui.frame.sessions import Sessions
from lipsync_demo.ui.http.event_bodies import EventBodies
from lipsync_demo.ui.http.heartbeats import Heartbeats
from lipsync_demo.ui.http.streams import Streams
from lipsync_demo.ui.programs import outputs, page, uploads
from lipsync_demo.ui.programs.checks import KnownOnly
from lipsync_demo.ui.programs.endpoints import Endpoints
from lipsync_demo.ui.programs.paths import DOCUMENTATION, inside


class Door:
    """The door of one workspace; `media` signs and opens links to what it gives away."""

    def __init__(self, settings: Settings, workspace: Workspace, media: SignedMedia) -> None:
        self._actions = Actions(settings, workspace)
        self._room = workspace.room
        self._media = media
        endpoints = Endpoints(self._actions, media.sign, settings.public_base_url or "")
        self.blocks = page.lay(endpoints)
        self._app = gr.mount_gradio_app(
            FastAPI(openapi_url=None),
            self.blocks,
            path="/",
            footer_links=[],
            run_history=False,
            show_error=False,
            enable_monitoring=False,
            ssr_mode=False,
            mcp_server=False,
            pwa=False,
            max_file_size=f"{settings.max_upload_mb}mb",
            theme=theme.build(),
            app_kwargs={"openapi_url": None},
        )
        (mounted,) = (one.app for one in self._app.routes if isinstance(one, Mount))
        # By which they are closed; `launch` would tell them.
        vars(self.blocks).update(app=mounted, server=None)
        sessions = Sessions(self.blocks)
        sessions.serve(mounted)
        inner: ASGIApp = Streams(self._app, waits=self.blocks.waits)
        inner = Heartbeats(inner, opened=sessions.open)
        inner = EventBodies(inner, events=self.blocks.fns)
        self._inner = KnownOnly(inner, self.blocks)

    def routes(self) -> list[BaseRoute]:
        """The routes that take precedence over those of the page's Gradio."""
        return [
            uploads.route(self._actions, self._room),
            outputs.route(self._media),
            Route(DOOR, lambda request: RedirectResponse(DOCUMENTATION)),
            Mount(DOOR, self),
        ]

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Answer calls within the block."""
        async with self._app.router.lifespan_context(self._app):
            try:
                yield
            finally:
                self.close()

    def close(self) -> None:
        """End the answers that are still awaited."""
        self.blocks.close(verbose=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = inside(scope["path"])
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        await self._inner(inner, receive, send)
