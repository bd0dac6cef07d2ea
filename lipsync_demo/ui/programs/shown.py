"""Shows the documentation of the endpoints to those readers of the page who may call them."""

from __future__ import annotations

from typing import Final

from starlette.datastructures import QueryParams
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.access.doors import Doors, Entry
from lipsync_demo.ui.delivery.document import HEAD
from lipsync_demo.ui.frame.help import DOCUMENTATION

MARK: Final = '<meta name="doors" content="open">'
"""By which the page's foot has a link to it."""


class Shown:
    """ASGI middleware around the page.

    Gradio shows documentation at `/?view=api`: here it is at the door, where it is open.
    """

    def __init__(self, app: ASGIApp, doors: Doors) -> None:
        self._app = app
        self._doors = doors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = scope["type"] == "http" and scope["path"] == "/" and scope["method"] == "GET"
        if not asked or not isinstance(self._doors.enter(scope), Entry):
            await self._app(scope, receive, send)
        elif QueryParams(scope["query_string"]).get("view") == "api":
            await RedirectResponse(DOCUMENTATION)(scope, receive, send)
        else:
            await self._app({**scope, HEAD: MARK}, receive, send)
