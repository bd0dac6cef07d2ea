"""What a task looks like: every field of the contract, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lipsync_demo.conformance.questions.reading import kind
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.addresses import origin
from lipsync_demo.wavespeed.models import COMPLETED, RUNNING, TERMINAL_FAILURES, parse_time

STATUSES = RUNNING | {COMPLETED} | TERMINAL_FAILURES.keys()
_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")


def problems(task: Mapping[str, Any], base_url: str) -> Iterator[str]:
    """What a task's fields have that the contract does not know, one sentence each."""
    task_id = task.get("id")
    if not isinstance(task_id, str) or not _ID.fullmatch(task_id):
        yield "id is none"
    if task.get("model") != MODEL_ID:
        yield "model is another one"
    if not isinstance(task.get("outputs"), (list, type(None))):
        yield f"outputs is {kind(task.get('outputs'))}, no list"
    get = (task.get("urls") or {}).get("get")
    if not isinstance(get, str) or origin(get) != origin(base_url):
        yield "urls.get is elsewhere or missing"
    elif not get.endswith(f"/api/v3/predictions/{task_id}/result"):
        yield "urls.get does not end in /result"
    flags = task.get("has_nsfw_contents")
    if flags is not None and not (
        isinstance(flags, list) and all(isinstance(flag, bool) for flag in flags)
    ):
        yield "has_nsfw_contents is neither null nor a list of flags"
    if task.get("status") not in STATUSES:
        yield "status is a word that is not documented"
    if parse_time(task.get("created_at")) is None:
        yield "created_at is no time"
    if not isinstance(task.get("error"), (str, type(None))):
        yield f"error is {kind(task.get('error'))}, no text"
    timings = task.get("timings")
    inference = timings.get("inference") if isinstance(timings, dict) else None
    for name, value in (
        ("timings.inference", inference),
        ("executionTime", task.get("executionTime", 0)),
    ):
        if not isinstance(value, int) or isinstance(value, bool):
            yield f"{name} is no whole number"
