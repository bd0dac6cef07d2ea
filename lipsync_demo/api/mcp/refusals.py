"""Refusals at `/mcp`, which a model's client passes on if they are errors of the protocol."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Scope

from lipsync_demo.api.mcp.http import PATH
from lipsync_demo.api.refusals import Refusals, further_headers, parsed, said

INVALID_REQUEST, INTERNAL_ERROR = -32600, -32603
"""Codes of JSON-RPC."""

JSON: Final = "application/json"


class RpcRefusals(Refusals):
    """ASGI middleware around everything: a refused message is always answered by an error."""

    def is_here(self, scope: Scope) -> bool:
        return scope["type"] == "http" and (scope["method"], scope["path"]) == ("POST", PATH)

    def is_other(self, start: Message) -> bool:
        return True

    def told(self, start: Message, body: bytes) -> ASGIApp:
        status, headers = HTTPStatus(start["status"]), further_headers(start)
        if "jsonrpc" in (parsed(body) or {}):
            return Response(body, status, headers, JSON)
        code = INTERNAL_ERROR if status >= HTTPStatus.INTERNAL_SERVER_ERROR else INVALID_REQUEST
        error = {"code": code, "message": said(body) or status.phrase}
        return JSONResponse({"jsonrpc": "2.0", "id": None, "error": error}, status, headers)
