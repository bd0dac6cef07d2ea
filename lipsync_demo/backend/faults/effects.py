"""What a fault can do to a request, a task or an answer, and where it acts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

CLOSED_PLACE = "http://127.0.0.1:9"
"""An origin nobody answers on: the discard port of this machine."""


class Place(str, Enum):
    """Where a fault acts, and so what its count counts."""

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
    """Answer this instead of handling the request."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Allowance:
    """Take so many submits in so many seconds, counted from the first, and refuse the others.

    At most `at_once` tasks are worked on at a time.  With `told` a refusal says in Retry-After
    when the next submit is taken.
    """

    submits: int
    seconds: float
    at_once: int
    told: bool


class Mishap(Enum):
    """Handle the request, then spoil the answer's way back."""

    NOT_JSON = "200 with a body that is not JSON"
    NO_ID = "the task's id is missing"
    SLOW = "the body arrives in small pieces"
    TRUNCATED = "a chunked body ends early"
    SHORT = "the body is shorter than its Content-Length"
    RESET = "the connection is reset in the middle of the body"
    DROPPED = "the connection is closed without an answer"


@dataclass(frozen=True, slots=True)
class Decree:
    """The new task has this status from the start and is never rendered."""

    status: str
    code: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Patch:
    """Change the `data` of an answer about the task."""

    apply: Callable[[dict[str, Any]], None]


Effect = Refusal | Allowance | Mishap | Decree | Patch


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch: what the server does, and what a client must make of it."""

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
