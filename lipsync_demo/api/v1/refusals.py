"""Refusals of the JSON API, which are problem details whoever refuses."""

from __future__ import annotations

from http import HTTPStatus

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Scope

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.problem import MEDIA_TYPE, problem
from lipsync_demo.api.refusals import Refusals, further_headers, said


def is_here(scope: Scope) -> bool:
    """Whether a request is for the JSON API."""
    path: str = scope.get("path", "")
    return scope["type"] == "http" and (path == ROOT or path.startswith(f"{ROOT}/"))


class Problems(Refusals):
    """ASGI middleware around everything: a refusal of this API is always problem details."""

    def is_here(self, scope: Scope) -> bool:
        return is_here(scope)

    def is_other(self, start: Message) -> bool:
        kind = MutableHeaders(scope=start).get("content-type", "")
        return not kind.startswith(MEDIA_TYPE)

    def told(self, start: Message, body: bytes) -> ASGIApp:
        status = HTTPStatus(start["status"])
        return problem(status, said(body) or status.phrase, "", further_headers(start))
