"""Runs, as programs are told of them."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal

from lipsync_demo.api.address import ROOT
from lipsync_demo.api.runs import Progress
from lipsync_demo.api.views.base import Id, View
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.runs.record.run_json import (
    ChargeJson,
    ErrorJson,
    MediaJson,
    OwnCheckJson,
    QuoteJson,
    ReviewJson,
    run_json,
)


class ProgressView(View):
    """The share of the current step, 0 to 1, and the seconds left; null where it is unknown."""

    share: float | None
    seconds_left: int | None

    @classmethod
    def of(cls, progress: Progress) -> ProgressView:
        """A progress, no more exact than it is known."""
        share, left = progress.share, progress.seconds_left
        return cls(
            share=None if share is None else round(share, 2),
            seconds_left=None if left is None else math.ceil(left),
        )


class RunView(View):
    """A run; lengths and timings are seconds, times ISO 8601 in UTC.

    `active` is whether it goes on by itself. `stop_means` says what a stop would leave going on.
    """

    run_id: Id
    state: RunState
    active: bool
    model: str
    sync_mode: SyncMode | None
    choices: dict[str, str]
    backend: Literal["wavespeed", "local"]
    group_id: Id | None
    task_id: str | None
    created_at: datetime
    updated_at: datetime
    video: MediaJson | None
    audio: MediaJson | None
    progress: ProgressView | None
    timings: dict[str, float]
    expected_seconds: float | None
    output_seconds: float | None
    has_nsfw_contents: list[bool | None]
    own_nsfw_checks: list[OwnCheckJson | None]
    trouble: str | None
    error: ErrorJson | None
    warnings: list[str]
    stop_means: str | None
    quote: QuoteJson | None
    charge: ChargeJson | None
    review: ReviewJson | None
    output_urls: list[str]

    @classmethod
    def of(cls, run: Run, progress: Progress | None = None) -> RunView:
        """A run, with how far it has come if that is known."""
        told = run_json(run)
        further = {
            "active": run.state.active,
            "group_id": run.group,
            "progress": progress and ProgressView.of(progress),
            "trouble": run.trouble,
            "stop_means": str(run.stop_means) if _stoppable(run) else None,
            "output_urls": [f"{ROOT}/runs/{run.id}/outputs/{n}" for n in range(len(run.outputs))],
        }
        return cls.model_validate({**told, **further})


def _stoppable(run: Run) -> bool:
    """Whether a stop means something, or has meant something."""
    return run.state.active or run.state is RunState.STOPPED


class RunsView(View):
    """A part of the list of runs, newest first; `next` is the cursor of the next part."""

    runs: list[RunView]
    next: str | None
