"""Checks of ended tasks: their bill, the list of tasks, the files, their deletion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lipsync_demo.conformance import words
from lipsync_demo.conformance.models import Seen
from lipsync_demo.conformance.questions.tasks import LIST
from lipsync_demo.conformance.server import Subject
from lipsync_demo.wavespeed.calls.billing import Bill, bill
from lipsync_demo.wavespeed.errors import WaveSpeedError
from lipsync_demo.wavespeed.raw_requests import Reply
from lipsync_demo.wavespeed.schema import Prediction, Price

DELETED = "deleted_count 1, then 404"
"""Documented answers to the deletion of a task and to a request for it afterwards."""

_PAGE = 100
"""Tasks per page of the list."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The quote for a task, None without one, and whether it is the model's minimum price."""

    price: Price | None
    floor: bool


def billed(subject: Subject, quotes: Mapping[str, Quoted]) -> tuple[Seen, Mapping[str, Bill]]:
    """Check the bills of tasks, given by id with their quotes; return also the valid bills."""
    if not quotes:
        return Seen(words.NO_TASK_ENDED, None), {}
    try:
        items = subject.client.billings(list(quotes))
    except WaveSpeedError as error:
        return Seen(words.there_is_none(error.what), False), {}
    bills: dict[str, Bill] = {}
    found: dict[str, None] = {}
    for task_id, quoted in quotes.items():
        taken = [item.amount for item in items if item.task_id == task_id and item.kind == "deduct"]
        amount = quoted.price.amount if quoted.price else None
        read = bill(items, task_id, amount, floor=quoted.floor)
        if len(taken) != 1:
            found[words.NOT_ONE_DEDUCT] = None
        elif read is None:
            found[words.AMOUNT_FITS_NOT] = None
        elif read.deducted != taken[0]:
            found[words.NOT_DOLLARS] = None
        if read is not None:
            bills[task_id] = read
    return Seen("; ".join(found) or words.ONE_DEDUCT, not found), bills


def listed(subject: Subject, tasks: Sequence[Prediction]) -> Seen:
    """Check that the list of recent tasks has these, with their inputs."""
    request = {"page": 1, "page_size": _PAGE, "include_inputs": True}
    reply = subject.wire.ask("POST", LIST, request)
    items = reply.data.get("items") if isinstance(reply.data, dict) else None
    if not isinstance(items, list):
        return Seen(f"{reply.status}, {reply.form}", False)
    inputs: dict[Any, Any] = {
        i.get("id"): i.get("input") or i.get("inputs") for i in items if isinstance(i, dict)
    }
    if any(task.id not in inputs for task in tasks):
        return Seen(words.NOT_EVERY_TASK, False)
    whole = all(isinstance(inputs[t.id], dict) and inputs[t.id].get("video") for t in tasks)
    return Seen(words.EVERY_TASK if whole else words.NO_INPUTS, whole)


def part(subject: Subject, task: Prediction | None) -> Seen:
    """Note the answer to a range request for an output, as players send it."""
    reply = _fetched(subject, task, {"Range": "bytes=0-99"})
    return Seen(words.NO_OUTPUT if reply is None else f"{reply.status}", None)


def origin_of(subject: Subject, task: Prediction | None) -> Seen:
    """Note whether CORS lets a page of another origin read an output."""
    reply = _fetched(subject, task, {"Range": "bytes=0-99", "Origin": "https://page.example"})
    if reply is None:
        return Seen(words.NO_OUTPUT, None)
    allowed = reply.headers.get("Access-Control-Allow-Origin")
    return Seen(
        "no" if allowed is None else words.YES_ALL if allowed == "*" else words.YES_SOME, None
    )


def _fetched(subject: Subject, task: Prediction | None, headers: dict[str, str]) -> Reply | None:
    if task is None or not task.outputs:
        return None
    try:
        return subject.wire.stranger("GET", task.outputs[0], headers=headers)
    except WaveSpeedError:
        return None


def deleted(subject: Subject, task: Prediction) -> Seen:
    """Check that an ended task can be deleted, and is then unknown."""
    try:
        count = subject.client.delete([task.id])
    except WaveSpeedError as error:
        return Seen(error.what, False)
    status = subject.wire.ask("GET", f"{LIST}/{task.id}/result").status
    return Seen(words.deleted_then(count, status), (count, status) == (1, 404))
