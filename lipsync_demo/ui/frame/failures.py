"""What the page says of an event that failed, and with which HTTP status."""

from __future__ import annotations

import contextlib
import errno
import logging
from typing import Any

import gradio as gr
from gradio.exceptions import InvalidPathError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lipsync_demo.database import DatabaseUnusable
from lipsync_demo.errors import ExplainedError
from lipsync_demo.files import refused
from lipsync_demo.safe_names import storable
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.visitor import visitor_of

_HOLDER = "lipsync.status"
"""Key in a request's scope of the list that the status of a failed event is put in."""

logger = logging.getLogger(__name__)


class Failures:
    """ASGI middleware that gives the answers of failed events their status.

    Gradio answers each with 500, also one that explains that something cannot be done.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told: list[int] = []
        scope[_HOLDER] = told

        async def send_told(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 500 and told:
                message = {**message, "status": told[-1]}
            await send(message)

        await self._app(scope, receive, send_told)


def explained(error: Exception, request: Any) -> gr.Error:
    """The error that Gradio shows for `error` of an event of `request`."""
    if isinstance(error, gr.Error):
        status, text = 422, str(error.message)
    elif isinstance(error, DatabaseUnusable):
        logger.warning("%s", error)
        # The hint names a folder of this machine.
        hint = error.hint if visitor_of(request).operator else words.LOOK_FOR_ROOM
        status, text = 503, f"{error.what} {hint}"
    elif isinstance(error, ExplainedError):
        status, text = 422, f"{error.what} {error.hint}"
    elif isinstance(error, InvalidPathError):
        status, text = 422, str(words.FILE_GONE)
    elif isinstance(error, OSError) and error.filename is not None:
        logger.warning("An event failed: %r", error)
        # A name may be too long wherever it is put; the rest is this machine's.
        status = 422 if error.errno == errno.ENAMETOOLONG else 503
        text = f"{refused(error, whole=False)} {words.LOOK_FOR_ROOM}"
    else:
        logger.error("An event failed", exc_info=error)
        status, text = 500, f"{words.MISTAKE} {words.MISTAKE_HINT}"
    with contextlib.suppress(AttributeError, KeyError, TypeError):
        request.request.scope[_HOLDER].append(status)
    return gr.Error(storable(text), print_exception=False)


def sanitised(value: Any) -> Any:
    """What a browser sent, without lone surrogates, which can be neither stored nor sent back."""
    if isinstance(value, str):
        return storable(value) if not value.isascii() else value
    if isinstance(value, dict):
        return {sanitised(name): sanitised(one) for name, one in value.items()}
    if isinstance(value, list):
        return [sanitised(one) for one in value]
    return value
