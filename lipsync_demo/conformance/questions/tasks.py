"""Paths, lists and deletions of unknown tasks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lipsync_demo.conformance.models import Seen
from lipsync_demo.conformance.questions import words
from lipsync_demo.conformance.questions.reading import Table, held, kind, refused
from lipsync_demo.conformance.server import UNKNOWN_TASK, Subject

LIST = "/api/v3/predictions"
"""Path of the list of recent tasks."""

DELETE = "/api/v3/predictions/delete"
"""Path of the deletion of tasks."""

TASKS = Table()


@TASKS("route.unknown", "an address that is none", "404, plain text")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("GET", "/api/v3/no/such/thing"), 404, form=words.PLAIN_TEXT)


@TASKS("result.unknown", "the result of an unknown task", "404, an envelope, says “not found”")
def _(s: Subject) -> Seen:
    reply = s.wire.ask("GET", f"{LIST}/{UNKNOWN_TASK}/result")
    return refused(reply, 404, says=words.NOT_FOUND, form=words.ENVELOPE)


@TASKS("result.short", "the result's address without /result", "404, plain text")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("GET", f"{LIST}/{UNKNOWN_TASK}"), 404, form=words.PLAIN_TEXT)


@TASKS("list", "a page of recent tasks", "200, a list of tasks")
def _(s: Subject) -> Seen:
    def items(data: Any) -> Iterator[str]:
        listed = data.get("items") if isinstance(data, dict) else None
        if not isinstance(listed, list):
            yield words.items_no_list(kind(listed))
        elif not all(isinstance(i, dict) and i.get("id") and i.get("status") for i in listed):
            yield words.NO_ID_OR_STATUS

    return held(s.wire.ask("POST", LIST, {"page": 1, "page_size": 2}), items, words.LIST_OF_TASKS)


@TASKS("list.page", "the list without a page", "400")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("POST", LIST, {}), 400)


@TASKS("list.size", "a page of 101 tasks", "400")
def _(s: Subject) -> Seen:
    return refused(s.wire.ask("POST", LIST, {"page": 1, "page_size": 101}), 400)


@TASKS("delete.unknown", "the deletion of an unknown task", "200, deleted_count is 0")
def _(s: Subject) -> Seen:
    def none(data: Any) -> Iterator[str]:
        if not isinstance(data, dict) or data.get("deleted_count") != 0:
            yield words.DELETED_SOME

    reply = s.wire.ask("POST", DELETE, {"ids": [UNKNOWN_TASK]})
    return held(reply, none, words.DELETED_NONE)
