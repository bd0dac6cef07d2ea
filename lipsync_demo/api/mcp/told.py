"""What the tools answer with: the views of all doors, with what a model needs beside or less."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import Field

from lipsync_demo.api.mcp import words
from lipsync_demo.api.mcp.desk import Desk
from lipsync_demo.api.preview import Laid, Quoted
from lipsync_demo.api.runs import Progress
from lipsync_demo.api.views import (
    FindingView,
    GroupView,
    QuotedView,
    RunView,
    Seconds,
    Told,
    View,
)
from lipsync_demo.media.sync_modes import DEFAULT_SYNC_MODE, SyncMode
from lipsync_demo.runs.record.folder import file_name
from lipsync_demo.runs.record.group import Group
from lipsync_demo.runs.record.run import Run, RunState

RUNS = "lipsync://runs/"
"""Beginning of the addresses of a run's resources."""


def output_uri(run_id: str) -> str:
    return f"{RUNS}{run_id}/output"


def report_uri(run_id: str) -> str:
    return f"{RUNS}{run_id}/report"


def about(text: str) -> Any:
    """A field with what is said of it."""
    return Field(description=text)


class ModeTold(View):
    """One mode."""

    sync_mode: SyncMode
    what_happens: str = about(words.WITH_THESE)
    output_seconds: Seconds
    video_cut_seconds: Seconds = about(words.NEVER_SHOWN)
    speech_cut_seconds: Seconds = about(words.NEVER_HEARD)
    same_output_as: list[SyncMode] = about(words.SAME)


class ModesTold(View):
    """What every mode would do."""

    video_seconds: Seconds
    speech_seconds: Seconds
    modes: list[ModeTold]
    findings: list[FindingView] = about(words.DEFAULT_FINDINGS)

    @classmethod
    def of(cls, laid: Sequence[Laid]) -> ModesTold:
        """The modes as they were laid."""
        default = next(one for one in laid if one.timeline.mode is DEFAULT_SYNC_MODE)
        return cls(
            video_seconds=_rounded(default.timeline.video_seconds),
            speech_seconds=_rounded(default.timeline.audio_seconds),
            modes=[
                ModeTold(
                    sync_mode=one.timeline.mode,
                    what_happens=str(one.timeline.sentence),
                    output_seconds=_rounded(one.timeline.output_seconds),
                    video_cut_seconds=_rounded(one.timeline.video_trimmed),
                    speech_cut_seconds=_rounded(one.timeline.audio_trimmed),
                    same_output_as=[mode for mode in one.same_as if mode != one.timeline.mode],
                )
                for one in laid
            ],
            findings=[FindingView.of(found) for found in default.findings],
        )


def _rounded(seconds: Fraction | float) -> float:
    return round(float(seconds), 3)


class PriceTold(QuotedView):
    """What it costs."""

    free: bool
    says: str = about(words.SAYS)

    @classmethod
    def of(cls, quoted: Quoted) -> PriceTold:
        """A price."""
        free = quoted.exact and not quoted.total
        told = QuotedView.of(quoted).model_dump()
        return cls(**told, free=free, says=words.price(quoted, free=free))


class RunTold(View):
    """A run."""

    run_id: str
    state: RunState
    finished: bool = about(words.FINISHED)
    progress: float | None = about(words.SHARE)
    seconds_left: float | None
    sync_mode: SyncMode | None
    model: str
    backend: str
    comparison_id: str | None
    created_at: datetime
    output_seconds: float | None
    nsfw: list[bool | None] = about(words.NSFW)
    quoted: Decimal | None = about(words.QUOTED)
    charged_usd: Decimal | None = about(words.CHARGED)
    warnings: list[str]
    trouble: str | None
    error: Told | None
    stop_means: str | None = about(words.STOP_MEANS)
    output_uri: str | None = about(words.OUTPUT_URI)
    output_files: list[str] = about(words.OUTPUT_FILES)
    report_uri: str = about(words.REPORT_URI)

    @classmethod
    def seen(cls, desk: Desk, run: Run, progress: Progress | None = None) -> RunTold:
        """A run as it is told at this desk."""
        view = RunView.of(run, progress)
        return cls(
            run_id=view.run_id,
            state=view.state,
            finished=not view.active,
            progress=progress and progress.share,
            seconds_left=progress and progress.seconds_left,
            sync_mode=view.sync_mode,
            model=view.model,
            backend=view.backend,
            comparison_id=view.group_id,
            created_at=view.created_at,
            output_seconds=view.output_seconds and _rounded(view.output_seconds),
            nsfw=[run.nsfw(index) for index in range(len(run.outputs))],
            quoted=run.quote and run.quote.amount,
            charged_usd=run.charge and run.charge.amount - run.charge.refunded,
            warnings=view.warnings,
            trouble=view.trouble,
            error=_error(desk, run),
            stop_means=view.stop_means,
            output_uri=output_uri(run.id) if run.outputs else None,
            output_files=list(map(str, run.outputs)) if desk.here else view.output_urls,
            report_uri=report_uri(run.id),
        )


def _error(desk: Desk, run: Run) -> Told | None:
    """Why a run has failed, and what a model can do."""
    error = run.error
    if error is None:
        return None
    agreed = desk.workspace.ledger.limit(run.session) if error.refused else None
    dear = agreed is not None and run.quote is not None and run.quote.amount > agreed
    return Told(what=error.what, hint=words.START_ANEW if dear else error.hint)


class Started(View):
    """A run that was started, or had been by the same request_id."""

    price: PriceTold
    run: RunTold


class ComparisonTold(GroupView):
    """A comparison."""

    finished: bool = about(words.FINISHED)

    @classmethod
    def seen(cls, desk: Desk, group: Group) -> ComparisonTold:
        """A comparison with its runs."""
        told = GroupView.of(group, desk.actions.groups.runs(group)).model_dump()
        return cls(**told, finished=desk.actions.groups.at_rest(group))


class ComparisonStarted(View):
    """A comparison that was started, or had been by the same request_id."""

    price: PriceTold
    comparison: ComparisonTold


class RunRow(View):
    """A run in a list."""

    run_id: str
    state: RunState
    finished: bool
    sync_mode: SyncMode | None
    model: str
    video: str
    speech: str
    created_at: datetime
    output_seconds: float | None
    output_uri: str | None

    @classmethod
    def of(cls, run: Run) -> RunRow:
        """A run's row."""
        return cls(
            run_id=run.id,
            state=run.state,
            finished=not run.state.active,
            sync_mode=run.sync_mode,
            model=run.model,
            video=file_name(run.video_source),
            speech=file_name(run.audio_source),
            created_at=run.created_at,
            output_seconds=run.output_seconds and _rounded(run.output_seconds),
            output_uri=output_uri(run.id) if run.outputs else None,
        )


class RunRows(View):
    """Runs, newest first."""

    runs: list[RunRow]
    next: str | None = about(words.NEXT)
