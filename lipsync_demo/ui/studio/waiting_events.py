"""Records how long a person waited for a picture, as their browser measured it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import gradio as gr

from lipsync_demo.runs.record.clock import seconds_since
from lipsync_demo.runs.record.errors import RunNotFound
from lipsync_demo.runs.record.folder import RunFolder
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.storage.ownership import is_mine
from lipsync_demo.ui.frame import sent
from lipsync_demo.ui.frame.context import Changes, unchanged
from lipsync_demo.ui.frame.ids import run_id
from lipsync_demo.ui.studio.stage import StudioStage

SLACK_SECONDS = 1.0
"""Seconds by which the clocks of a browser and this server may disagree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingEvents:
    """The method handles one event and returns the changed widgets."""

    stage: StudioStage

    def picture_shown(self, event: gr.EventData) -> Changes:
        """Record the seconds from the click to the picture, once; show them in the card."""
        runs, spent = self.stage.shared.workspace.runs, sent.number(event, "seconds")
        try:
            run = runs.get(run_id(sent.text(event, "run")) or "")
        except RunNotFound:
            return unchanged()
        # Only the person who started the run has waited for it.
        if not is_mine(run) or spent is None or not credible(run, spent):
            return unchanged()
        after = runs.change(
            run.id, lambda r: replace(r, timings={**r.timings, "picture": round(spent, 3)})
        )[1]
        RunFolder(after.folder).write_record(after)
        view, w = self.stage.view(after), self.stage.widgets
        return {w.stamp: view.stamp, w.outcome.card: view.card}


def credible(run: Run, spent: float) -> bool:
    """Whether a run can have taken so many seconds to its picture, and none are recorded yet."""
    total = run.timings.get("total")
    if run.state is not RunState.DONE or total is None or "picture" in run.timings:
        return False
    longest = seconds_since(run.started_at) + total + SLACK_SECONDS
    return math.isfinite(spent) and total - SLACK_SECONDS <= spent <= longest
