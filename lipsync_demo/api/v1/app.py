"""The JSON API as an app of its own, and its description."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from lipsync_demo.api.actions import Actions
from lipsync_demo.api.address import ROOT
from lipsync_demo.api.problem import MEDIA_TYPE, problem, problem_of
from lipsync_demo.api.v1 import words
from lipsync_demo.api.v1.described import Problem, described_refusals, refusal
from lipsync_demo.api.v1.once import Once
from lipsync_demo.api.v1.routes import groups, preview, results, runs, uploads, webhooks
from lipsync_demo.errors import ExplainedError
from lipsync_demo.runs.record.group import GroupKind
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.version import __version__

METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

logger = logging.getLogger(__name__)


class Api(FastAPI):
    """The JSON API of one workspace."""

    def __init__(self, settings: Settings, workspace: Workspace) -> None:
        super().__init__(
            title=words.TITLE,
            version=__version__,
            description=words.DESCRIPTION,
            servers=[{"url": ROOT}],
            root_path_in_servers=False,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            license_info={"name": "MIT", "identifier": "MIT"},
            generate_unique_id_function=lambda route: route.name,
        )
        actions = Actions(settings, workspace)
        self.state.once = Once(workspace.answers, workspace.dispatcher.leases, actions.webhooks)
        for router in (
            uploads.routes(actions),
            preview.routes(actions),
            runs.routes(actions),
            groups.routes(actions, GroupKind.COMPARISON),
            groups.routes(actions, GroupKind.BATCH),
            results.routes(actions),
            webhooks.routes(actions),
        ):
            self.include_router(router)
        self.add_exception_handler(ExplainedError, _explained)
        self.add_exception_handler(HTTPException, _http)
        self.add_exception_handler(RequestValidationError, _invalid)
        self.add_exception_handler(Exception, _unforeseen)

    def openapi(self) -> dict[str, Any]:
        """The description, with what FastAPI does not know of."""
        if self.openapi_schema is None:
            described = super().openapi()
            schemas = described.setdefault("components", {}).setdefault("schemas", {})
            told = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= told.pop("$defs", {})
            schemas[Problem.__name__] = told
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            described["components"]["responses"] = described_refusals()
            for methods in described["paths"].values():
                for operation in methods.values():
                    _refer(operation["responses"])
            described["components"]["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer", "description": words.BEARER}
            }
            described["security"] = [{"token": []}, {}]
        return described if self.openapi_schema is None else self.openapi_schema


def _refer(responses: dict[str, Any]) -> None:
    """Say of each refusal only its name."""
    for status in responses:
        if int(status) >= HTTPStatus.BAD_REQUEST:
            responses[status] = {"$ref": f"#/components/responses/{refusal(int(status))}"}


async def _explained(request: Request, error: Exception) -> Response:
    assert isinstance(error, ExplainedError)  # noqa: S101
    answer = problem_of(error)
    if answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.warning("%s %s: %s", request.method, request.url.path, error)
    return answer


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    said, hint = words.STATUSES.get(error.status_code, (str(error.detail), ""))
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["allow"] = ", ".join(_methods(request))
    return problem(HTTPStatus(error.status_code), said, hint, headers)


def _methods(request: Request) -> Iterator[str]:
    """The methods that there are for an address."""
    for method in METHODS:
        asked = {**request.scope, "method": method}
        if any(route.matches(asked)[0] is Match.FULL for route in request.app.routes):
            yield method


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101
    found = [
        {"where": ".".join(map(str, one["loc"])), "what": str(one["msg"])} for one in error.errors()
    ]
    told = {
        "type": "about:blank",
        "title": HTTPStatus.UNPROCESSABLE_ENTITY.phrase,
        "status": int(HTTPStatus.UNPROCESSABLE_ENTITY),
        "detail": words.NOT_AS_DESCRIBED,
        "hint": words.SEE_ERRORS,
        "errors": found[:20],
    }
    return JSONResponse(told, HTTPStatus.UNPROCESSABLE_ENTITY, media_type=MEDIA_TYPE)


async def _unforeseen(request: Request, error: Exception) -> Response:
    logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, words.OUR_MISTAKE, words.OUR_MISTAKE_HINT)
