"""Checks of what comes into the door, before Gradio sees it: paths, bodies, sessions.

Gradio answers 500 to what it does not expect, and begins answers for sessions that do not exist.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.runs.record.visitor import NOBODY
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.visitor import SCOPE as VISITOR
from lipsync_demo.ui.http import words
from lipsync_demo.ui.http.bodies import Replay, read
from lipsync_demo.ui.http.guard import PREFIX
from lipsync_demo.ui.http.visitor import other_session, sessions_of
from lipsync_demo.ui.programs.blocks import ProgramBlocks
from lipsync_demo.ui.programs.paths import offered

_CALL = re.compile(rf"{PREFIX}/call/(v2/)?(\w+)/?")
_ANSWER = re.compile(rf"{PREFIX}/call/(?:v2/)?\w+/(\w+)/?")


class KnownOnly:
    """ASGI middleware that lets in what Gradio's clients ask for, about sessions of their own."""

    def __init__(self, app: ASGIApp, blocks: ProgramBlocks) -> None:
        self._app = app
        self._blocks = blocks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if not offered(scope["method"], path):
            await _refuse(HTTPStatus.NOT_FOUND, str(words.NOT_FOUND))(scope, receive, send)
            return
        visitor = scope.get(VISITOR, NOBODY)
        named, receive = await sessions_of(scope, receive)
        # The answers to a call without a session are those of a session named like the call.
        answer = _ANSWER.fullmatch(path) if scope["method"] != "POST" else None
        sessions = named | ({answer[1]} if answer else set())
        if len(sessions) > 1 or not all(self._blocks.belongs(one, visitor) for one in sessions):
            await other_session()(scope, receive, send)
            return
        if answer and not self._blocks.owes(answer[1]):
            await _refuse(HTTPStatus.NOT_FOUND, str(words.NOT_FOUND))(scope, receive, send)
            return
        call = _CALL.fullmatch(path) if scope["method"] == "POST" else None
        if call is not None:
            body = await read(receive)
            refusal = self._refused(call[2], _parsed(body), by_name=call[1] is not None)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
            receive = Replay(body, receive)
        await self._app(scope, receive, send)

    def _refused(self, name: str, told: Any, *, by_name: bool) -> JSONResponse | None:
        """Why a call is not taken; None if it is."""
        inputs = self._blocks.inputs_of(name)
        if inputs is None:
            return _refuse(HTTPStatus.NOT_FOUND, str(words.NOT_FOUND))
        known: Mapping[str, bool] = inputs if by_name else {"data": True}
        right = (
            isinstance(told, dict)
            and told.keys() <= known.keys()
            and all(one in told for one, needed in known.items() if needed)
            and (by_name or isinstance(told["data"], list))
        )
        return None if right else _refuse(HTTPStatus.BAD_REQUEST, str(frame_words.ODD_REQUEST))


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _refuse(status: HTTPStatus, message: str) -> JSONResponse:
    return JSONResponse({"code": int(status), "message": message}, status)
