"""The fields of a task in the API's contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lipsync_demo.conformance import words
from lipsync_demo.conformance.questions.reading import kind
from lipsync_demo.settings import MODEL_ID
from lipsync_demo.wavespeed.addresses import origin
from lipsync_demo.wavespeed.schema import COMPLETED, RUNNING, TERMINAL_FAILURES, parse_time

STATUSES = RUNNING | {COMPLETED} | TERMINAL_FAILURES.keys()
_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")


def problems(task: Mapping[str, Any], base_url: str) -> Iterator[str]:
    """Yield one sentence for each field of a task that violates the contract."""
    task_id = task.get("id")
    if not isinstance(task_id, str) or not _ID.fullmatch(task_id):
        yield words.NO_ID
    if task.get("model") != MODEL_ID:
        yield words.OTHER_MODEL
    if not isinstance(task.get("outputs"), (list, type(None))):
        yield words.outputs_no_list(kind(task.get("outputs")))
    get = (task.get("urls") or {}).get("get")
    if not isinstance(get, str) or origin(get) != origin(base_url):
        yield words.URL_ELSEWHERE
    elif not get.endswith(f"/api/v3/predictions/{task_id}/result"):
        yield words.URL_WITHOUT_RESULT
    flags = task.get("has_nsfw_contents")
    if flags is not None and not (
        isinstance(flags, list) and all(isinstance(flag, bool) for flag in flags)
    ):
        yield words.NO_FLAGS
    if task.get("status") not in STATUSES:
        yield words.STATUS_UNDOCUMENTED
    if parse_time(task.get("created_at")) is None:
        yield words.NO_TIME
    if not isinstance(task.get("error"), (str, type(None))):
        yield words.error_no_text(kind(task.get("error")))
    timings = task.get("timings")
    inference = timings.get("inference") if isinstance(timings, dict) else None
    for name, value in (
        ("timings.inference", inference),
        ("executionTime", task.get("executionTime", 0)),
    ):
        if not isinstance(value, int) or isinstance(value, bool):
            yield words.no_whole_number(name)
