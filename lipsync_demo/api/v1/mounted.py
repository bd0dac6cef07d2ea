"""The JSON API in the page's app, made when it is first asked."""

from __future__ import annotations

import threading

from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings


def mount(settings: Settings, workspace: Workspace) -> Mount:
    """The JSON API, for the page's app."""
    return Mount(ROOT, app=_WhenAsked(settings, workspace))


class _WhenAsked:
    """Makes the app with the first request: the page starts without it."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        self._given = settings, workspace
        self._lock = threading.Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._app is None:
            await at_work(self._make)
        assert self._app is not None  # noqa: S101
        await self._app(scope, receive, send)

    def _make(self) -> None:
        from lipsync_demo.api.v1.app import Api

        with self._lock:
            if self._app is None:
                made = Api(*self._given)
                made.openapi()
                self._app = made
