"""Stores a user's review of a result, and notes on its frames."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.review import HEADINGS, Pin, Review
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.storage.run_table import RunTable

MOST_PINS = 50
"""Maximum number of notes on frames of one result."""

NOTE_LENGTH = 2000
"""Maximum length of a stored note in characters."""


def review(runs: RunTable, run_id: str, said: Review) -> Run:
    """Store a review but for its pins, which stay, and return the changed run.

    Raises:
        RunNotFound: there is no such run.
    """
    headings = {name: said.headings[name] for name in HEADINGS if name in said.headings}
    note = said.note.strip()[:NOTE_LENGTH]
    return _change(
        runs,
        run_id,
        lambda before: Review(said.verdict, headings, note, before.pins),
    )


def pin(runs: RunTable, run_id: str, new: Pin) -> Run:
    """Store a note on a frame, in place of an earlier one there; return the changed run.

    Raises:
        RunNotFound: there is no such run.
    """

    def pinned(before: Review) -> Review:
        kept = [one for one in before.pins if one.frame != new.frame]
        note = new.note.strip()[:NOTE_LENGTH]
        if note and len(kept) < MOST_PINS:
            kept.append(replace(new, note=note))
        return replace(before, pins=tuple(sorted(kept, key=lambda one: one.frame)))

    return _change(runs, run_id, pinned)


def unpin(runs: RunTable, run_id: str, frame: int) -> Run:
    """Remove the note on a frame and return the changed run.

    Raises:
        RunNotFound: there is no such run.
    """
    return _change(
        runs,
        run_id,
        lambda before: replace(
            before, pins=tuple(one for one in before.pins if one.frame != frame)
        ),
    )


def _change(runs: RunTable, run_id: str, changed: Callable[[Review], Review]) -> Run:
    after = runs.change(run_id, lambda run: replace(run, review=changed(run.review or Review())))[1]
    RunFolder(after.folder).write_record(after)
    return after
