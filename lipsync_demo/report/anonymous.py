"""A report for strangers: without what names its runs and tasks elsewhere.

The ids of runs and tasks are replaced wherever they are, also within answers; so are the folders of
this machine.  Of addresses the host stays: they may open a file after the report cannot be seen any
more.  A run keeps a name of its own, so that several can be told apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lipsync_demo.report.content import Content, Entry
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.record.vote import Vote

GONE = "…"
"""Stands for an id."""

_ADDRESS = re.compile(
    r"(?P<scheme>https?)://(?:[^\s/?#@\"'<>]*@)?(?P<host>\[[^\]\s]*\]|[^\s/?#:@\"'<>]+)(?P<port>:\d+)?"
    r"(?P<path>[/?#][^\s\"'<>]*)?",
    re.IGNORECASE,
)
"""An address within a text."""


def anonymous(content: Content) -> Content:
    """The same report without ids and folders."""
    return replace(
        content,
        entries=tuple(_entry(entry) for entry in content.entries),
        votes=tuple(_vote(vote) for vote in content.votes),
    )


def pseudonym(record_id: str) -> str:
    """A name for a run or group that does not lead back to its id, which is random."""
    return hashlib.sha256(f"shown\n{record_id}".encode()).hexdigest()[: len(record_id)]


def _entry(entry: Entry) -> Entry:
    return replace(entry, run=_run(entry.run))


def _run(run: Run) -> Run:
    tasks = [task for task in (run.prediction_id, *run.other_tasks) if task]
    secret = [
        f"{run.folder}/",
        str(run.folder),
        *tasks,
        run.id,
        *([run.group] if run.group else []),
    ]
    error = run.error
    return replace(
        run,
        id=pseudonym(run.id),
        group=None,
        session=None,
        owner=None,
        prediction_id=None,
        other_tasks=(),
        video_source="",
        audio_source="",
        base_url=_without(run.base_url, secret),
        request=_without(run.request, secret),
        prediction=_without(run.prediction, secret),
        trouble=_without(run.trouble, secret),
        warnings=_without(run.warnings, secret),
        error=error
        and replace(
            error,
            what=_without(error.what, secret),
            hint=_without(error.hint, secret),
            task_id=None,
        ),
    )


def _vote(vote: Vote) -> Vote:
    return Vote(frozenset(map(pseudonym, vote.runs)), vote.preferred and pseudonym(vote.preferred))


def _without(value: Any, secret: Sequence[str]) -> Any:
    """JSON values without these texts; a folder goes with all that is above it."""
    if isinstance(value, Mapping):
        return {key: _without(item, secret) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_without(item, secret) for item in value)
    if isinstance(value, str):
        value = _ADDRESS.sub(_host, value)
        for text in secret:
            value = value.replace(text, "" if text.startswith("/") else GONE)
    return value


def _host(found: re.Match[str]) -> str:
    """An address without what opens a file there, which may outlive the link to the report."""
    port, path = found["port"] or "", found["path"] or ""
    return f"{found['scheme']}://{found['host']}{port}{f'/{GONE}' if path[1:] else path}"
