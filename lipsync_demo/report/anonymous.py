"""A report for strangers: without what names its runs and tasks elsewhere.

The ids of runs and tasks are replaced wherever they are, also within answers; so are the folders of
this machine.  Of addresses the host stays: they may open a file after the report cannot be seen any
more.  A run keeps a name of its own, so that several can be told apart.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from lipsync_demo.report.addresses import known, without
from lipsync_demo.report.content import Content, Entry
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.record.vote import Vote


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
    given = (run.video_source, run.audio_source, run.base_url, run.request, run.prediction)
    addresses = known(given)

    def open_to_all(value: Any) -> Any:
        return without(value, addresses, secret)

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
        base_url=open_to_all(run.base_url),
        request=open_to_all(run.request),
        prediction=open_to_all(run.prediction),
        trouble=open_to_all(run.trouble),
        warnings=open_to_all(run.warnings),
        error=error
        and replace(
            error,
            what=open_to_all(error.what),
            hint=open_to_all(error.hint),
            task_id=None,
        ),
    )


def _vote(vote: Vote) -> Vote:
    return Vote(frozenset(map(pseudonym, vote.runs)), vote.preferred and pseudonym(vote.preferred))
