"""What every operation has in common: scopes, ids, refusals, and how long an answer may wait."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Depends, Header, Path, Query
from fastapi.params import Depends as Dependency
from pydantic import BaseModel, Field

from lipsync_demo.access.bearer import need
from lipsync_demo.access.tokens import Scope
from lipsync_demo.api.problem import MEDIA_TYPE
from lipsync_demo.api.v1 import words
from lipsync_demo.api.v1.once import HEADER
from lipsync_demo.api.v1.waiting import MOST_WAITED

BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
"""A body of bytes, as OpenAPI says it."""

RunId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The run's id.")]
GroupId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="Its id.")]
Number = Annotated[int, Path(ge=0, le=99, description="Which output, counted from 0.")]
Limit = Annotated[int, Query(ge=1, le=100, description="The most that are listed.")]
Cursor = Annotated[
    str | None,
    Query(max_length=200, description="Where to go on: `next` of the part before."),
]
Prefer = Annotated[
    str | None,
    Header(
        max_length=200,
        description=f"`wait=30` waits so many seconds, up to {MOST_WAITED}, for it to be at rest.",
    ),
]
Key = Annotated[
    str | None,
    Header(
        alias=HEADER,
        description="1 to 255 visible characters, such as a UUID: a repeat within 24 hours gets "
        "the first answer and does nothing again.",
    ),
]


class Violation(BaseModel):
    """A part of a request that is not as described."""

    where: str
    what: str


class Problem(BaseModel):
    """Why a request was refused, as RFC 9457 describes; `hint` says what to do next."""

    type: str = "about:blank"
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    hint: str | None = None
    errors: list[Violation] | None = None


ALWAYS: Final = (400, 401, 403, 404, 405, 408, 413, 422, 429, 503)
"""Refusals of any request."""

WRITING: Final = (402, 409, 410, 415, 502, 507)
"""Further refusals of requests with a body."""


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """These refusals, and those of any request, as OpenAPI says them."""
    return {
        status: {"description": words.REFUSALS[status]} for status in sorted({*ALWAYS, *statuses})
    }


def described_refusals() -> dict[str, dict[str, Any]]:
    """What each refusal looks like, by its name among the described responses."""
    schema = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        refusal(status): {"description": said, "content": schema}
        for status, said in words.REFUSALS.items()
    }


def refusal(status: int) -> str:
    """The name of a refusal among the described responses."""
    return HTTPStatus(status).phrase.title().replace(" ", "").replace("-", "")


def allowed(scope: Scope) -> Dependency:
    """The dependency of an operation that only a token with this scope may use."""

    async def check() -> None:
        need(scope)

    made: Dependency = Depends(check)
    return made
