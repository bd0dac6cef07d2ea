"""What every operation has in common: scopes, ids, refusals, and how long an answer may wait."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar

from fastapi import Depends, Header, Path, Query
from fastapi.params import Depends as Dependency
from pydantic import BaseModel, Field

from lipsync_demo.access.bearer import need
from lipsync_demo.access.tokens import Scope
from lipsync_demo.api.errors import ApiError
from lipsync_demo.api.problem import MEDIA_TYPE
from lipsync_demo.api.v1 import words
from lipsync_demo.api.v1.once import HEADER
from lipsync_demo.api.v1.work import at_work
from lipsync_demo.runs.storage.record_table import Mark

MOST_WAITED: Final = 60
"""Seconds for which an answer waits at most."""

LOOK_SECONDS: Final = 0.25
"""Seconds between looks at what is waited for."""

BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
"""A body of bytes, as OpenAPI says it."""

_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?", re.IGNORECASE)

T = TypeVar("T")

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


def waited(prefer: str | None) -> int:
    """Seconds for which a request prefers to wait."""
    found = _WAIT.search(prefer or "")
    return min(int(found[1]), MOST_WAITED) if found else 0


async def settled(look: Callable[[], T], at_rest: Callable[[T], bool], seconds: float) -> T:
    """What `look` returns once it is at rest, or after so many seconds."""
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        seen = await at_work(look)
        if at_rest(seen) or asyncio.get_running_loop().time() >= ends:
            return seen
        await asyncio.sleep(LOOK_SECONDS)


def cursor_of(mark: Mark | None) -> str | None:
    """A place in a list, as it is sent; None at its end."""
    if mark is None:
        return None
    return base64.urlsafe_b64encode(f"{mark.created_us}.{mark.record_id}".encode()).decode()


def mark_of(cursor: str | None) -> Mark | None:
    """The place that was sent.

    Raises:
        ApiError: it is none.
    """
    if cursor is None:
        return None
    try:
        told = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        found = re.fullmatch(r"(\d{1,18})\.([0-9a-z:.-]{1,64})", told, re.ASCII)
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "This cursor is none of this list.",
            "Use `next` of the part before, or none to begin.",
        )
    return Mark(int(found[1]), found[2])
