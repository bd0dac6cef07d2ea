"""A review keeps the notes on frames, and each frame has one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.review import Pin, Review, Verdict
from lipsync_demo.runs.record.run import Run
from lipsync_demo.runs.upkeep.review import MOST_PINS, pin, review, unpin
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from tests.unit.run_factory import MakeRun, make_run

__all__ = ["make_run"]


@pytest.fixture
def run(work: Workspace, settings: Settings, make_run: MakeRun) -> Run:
    """A finished run in the database, with its folder."""
    run = make_run()
    folder = RunFolder(settings.runs_dir / run.id)
    folder.create()
    work.runs.add(replace(run, folder=folder.path, video=None, audio=None, outputs=()), None)
    return work.runs.get(run.id)


def test_notes_are_pinned_replaced_removed_and_outlive_a_verdict(work: Workspace, run: Run) -> None:
    runs = work.runs
    pin(runs, run.id, Pin(62, 2.48, "teeth flicker"))
    pin(runs, run.id, Pin(3, 0.12, "lips open"))
    pin(runs, run.id, Pin(62, 2.48, " the tongue "))
    review(runs, run.id, Review(Verdict.FAIL, {"teeth": Verdict.FAIL}, "bad"))
    kept = runs.get(run.id).review
    assert kept is not None
    assert (kept.verdict, kept.note) == (Verdict.FAIL, "bad")
    assert kept.pins == (Pin(3, 0.12, "lips open"), Pin(62, 2.48, "the tongue"))
    unpin(runs, run.id, 3)
    pin(runs, run.id, Pin(9, 0.36, "   "))
    after = runs.get(run.id)
    assert after.review is not None
    assert after.review.pins == (Pin(62, 2.48, "the tongue"),)
    record = json.loads((RunFolder(after.folder).path / "run.json").read_text())
    assert record["review"]["pins"] == [{"frame": 62, "seconds": 2.48, "note": "the tongue"}]


def test_there_is_a_limit_of_notes(work: Workspace, run: Run) -> None:
    for frame in range(MOST_PINS + 3):
        pin(work.runs, run.id, Pin(frame, frame / 25, "here"))
    after = work.runs.get(run.id).review
    assert after is not None
    assert len(after.pins) == MOST_PINS
