"""Stores a user's review of a result."""

from __future__ import annotations

from dataclasses import replace

from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.review import HEADINGS, Review
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.run_table import RunTable

NOTE_LENGTH = 2000
"""Maximum length of a stored note in characters."""


def review(runs: RunTable, run_id: str, said: Review) -> Run:
    """Store a review and return the changed run.

    Raises:
        RunNotFound: there is no such run.
    """
    kept = Review(
        said.verdict,
        {name: said.headings[name] for name in HEADINGS if name in said.headings},
        said.note.strip()[:NOTE_LENGTH],
    )
    after = runs.change(run_id, lambda run: replace(run, review=kept))[1]
    RunFolder(after.folder).write_record(after)
    return after
