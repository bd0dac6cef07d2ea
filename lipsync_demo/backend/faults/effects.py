"""Effects of faults on requests, tasks and answers, and where they act."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

CLOSED_PLACE = "http://127.0.0.1:9"
"""An origin without a server: the discard port of this machine."""


class Place(str, Enum):
    """Where a fault acts; its count applies to these events."""

    API = "any request to the API"
    READ = "a GET of the API"
    SUBMIT = "a submit"
    TASK = "a new task"
    ANSWER = "an answer about a task"
    TICKET = "an upload ticket"
    UPLOAD = "any upload request"
    PUT = "the PUT of an upload"
    OUTPUT = "a download of an output"


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer sent instead of handling the request."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class SubmitLimit:
    """A rate limit: accept `submits` per `seconds`, counted from the first, and refuse the rest.

    At most `at_once` tasks run concurrently.  With `told` a refusal has a Retry-After header.
    """

    submits: int
    seconds: float
    at_once: int
    told: bool


class Mishap(Enum):
    """Handle the request, then corrupt its answer."""

    NOT_JSON = "200 with a body that is not JSON"
    NO_ID = "the task's id is missing"
    SLOW = "the body arrives in small pieces"
    TRUNCATED = "a chunked body ends early"
    SHORT = "the body is shorter than its Content-Length"
    RESET = "the connection is reset in the middle of the body"
    DROPPED = "the connection is closed without an answer"


@dataclass(frozen=True, slots=True)
class ForcedStatus:
    """Create the task with this status and never render it."""

    status: str
    code: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """Modify the `data` of an answer about the task."""

    apply: Callable[[dict[str, Any]], None]


Effect = Refusal | SubmitLimit | Mishap | ForcedStatus | Patch


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch: what the server does, and how a client must react."""

    name: str
    place: Place
    does: str
    duty: str
    effect: Effect


def refuse(
    status: int, message: str, code: int | None = None, *headers: tuple[str, str]
) -> Refusal:
    body = {"code": code or status, "message": message, "data": None}
    return Refusal(status, json.dumps(body).encode(), headers)


def web_page(status: int, title: str) -> Refusal:
    body = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return Refusal(status, body.encode(), (), "text/html")


def overwrite(**fields: Any) -> Patch:
    return Patch(lambda data: data.update(fields))


def when_completed(change: Callable[[dict[str, Any]], None]) -> Patch:
    def apply(data: dict[str, Any]) -> None:
        if data["status"] == "completed":
            change(data)

    return Patch(apply)


def two_outputs(data: dict[str, Any]) -> None:
    data["outputs"] = [*data["outputs"], *data["outputs"]]
    data["has_nsfw_contents"] = [*data["has_nsfw_contents"], *data["has_nsfw_contents"]]


def nine_digits(data: dict[str, Any]) -> None:
    data["created_at"] = data["created_at"].removesuffix("Z") + "123456Z"


def foreign_origin(data: dict[str, Any]) -> None:
    data["urls"] = {"get": f"{CLOSED_PLACE}/api/v3/predictions/{data['id']}/result"}


def short_path(data: dict[str, Any]) -> None:
    data["urls"] = {"get": data["urls"]["get"].removesuffix("/result")}
