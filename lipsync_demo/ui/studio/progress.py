"""Text and buttons of a run without a result."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from lipsync_demo.languages import translated
from lipsync_demo.markup import rate_limit
from lipsync_demo.markup import words as markup_words
from lipsync_demo.markup.figures import clock
from lipsync_demo.runs.driving.forecast import QUEUED
from lipsync_demo.runs.record.estimates import Estimate
from lipsync_demo.runs.record.run import Run, RunState
from lipsync_demo.templates import render_macro
from lipsync_demo.ui.studio import words
from lipsync_demo.wavespeed.schema import Prediction

TEMPLATE = "ui/studio/progress.html"
STEPS = {
    RunState.CHECKING: words.CHECK,
    RunState.UPLOADING: words.UPLOAD,
    RunState.SUBMITTING: words.SEND,
    RunState.WAITING: words.SYNC,
    RunState.DOWNLOADING: words.FETCH,
}
"""Labels of a run's steps."""

NOW = {
    RunState.CHECKING: words.CHECKING,
    RunState.UPLOADING: words.UPLOADING,
    RunState.SUBMITTING: markup_words.SENDING,
    RunState.WAITING: words.WAITING,
    RunState.DOWNLOADING: words.FETCHING,
}
"""The current step in words."""


@dataclass(frozen=True, slots=True)
class Actions:
    """The visible buttons of a run."""

    stop: bool = False
    resume: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """Percent of a run's time that have passed; None once it takes longer than expected."""

    percent: int | None


def actions(run: Run | None) -> Actions:
    """Return which buttons the run's state allows."""
    if run is None or run.state is RunState.DONE:
        return Actions()
    if run.needs_key:
        return Actions(stop=run.state.active, resume=True)
    if run.state.active:
        return Actions(stop=True)
    if run.state is RunState.STOPPED:
        return Actions(resume=True)
    if run.state is RunState.UNCLEAR:
        return Actions(resume=True, again=True)
    task_failed = Prediction.parse(run.prediction or {}).failed
    return Actions(resume=not task_failed, again=run.submits > 0)


def resume_label(run: Run) -> str:
    """Return the label of the resume button."""
    if run.needs_key:
        return words.USE_KEY_AGAIN
    if run.state is RunState.UNCLEAR:
        return words.LOOK_FOR_TASK
    if run.cancelled:
        return words.SUBMIT_AGAIN
    if run.state is not RunState.FAILED:
        return words.RESUME
    return words.TRY_AGAIN if run.prediction_id is None else words.FETCH_AGAIN


def stop_label(run: Run) -> str:
    """Return the label of the stop button: whether it cancels the task, too."""
    return words.CANCEL if run.cancellable else words.STOP


def waiting(
    run: Run,
    estimate: Estimate | None,
    elapsed: float,
    share: float | None = None,
    mine: bool = True,
) -> Markup:
    """The stage of an active run: step, elapsed time, how far it is, estimate, id.

    `share` is the completed share of the current transfer or task, 0 to 1; `mine` says whether
    who sees it may stop it.
    """
    at = list(STEPS).index(run.state.step)
    steps = [
        ("past" if n < at else "now" if n == at else "next", name)
        for n, name in enumerate(STEPS.values())
    ]
    text = now_words(run)
    title = rate_limit.told(run) if run.state is RunState.LIMITED else text
    return render_macro(
        TEMPLATE,
        "waiting",
        run,
        words,
        text,
        title if share is None else f"{title} · {share:.0%}",
        clock(elapsed),
        "" if estimate is None and run.state is RunState.DOWNLOADING else remaining(estimate),
        bar(estimate),
        steps,
        stop_words(run) if mine else words.SEEN_ONLY,
    )


def now_words(run: Run) -> str:
    """The current step in words, constant while it lasts; tells queued from running tasks."""
    if run.state is RunState.LIMITED:
        return rate_limit.reason(run)
    if run.state is RunState.WAITING and run.prediction:
        status = str(run.prediction.get("status", "")).lower()
        return words.QUEUED if status in QUEUED else words.SYNCING
    return NOW[run.state]


def now_markup(run: Run) -> Markup:
    """The current step in words, with a countdown in the browser."""
    if run.state is RunState.LIMITED:
        return rate_limit.counting(run)
    return Markup.escape(now_words(run))


def remaining(estimate: Estimate | None) -> str:
    """The remaining time, and what it is judged by, in words."""
    if estimate is None:
        return words.NO_ESTIMATE
    if estimate.over >= 1 and estimate.runs == 0:
        return words.longer_than_pace(clock(estimate.over))
    if estimate.over >= 1:
        return words.longer(clock(estimate.over), estimate.runs)
    left = clock(max(1.0, estimate.remaining + 0.5))
    if estimate.runs == 0:
        return words.by_its_pace(left)
    return words.to_go(left, words.earlier(estimate.runs))


def bar(estimate: Estimate | None) -> Bar | None:
    """How the bar stands: no bar without an estimate, and none that stands still near its end."""
    if estimate is None:
        return None
    if estimate.over >= 1:
        return Bar(None)
    whole = estimate.elapsed + max(1.0, estimate.remaining)
    return Bar(round(100 * estimate.elapsed / whole))


def stop_words(run: Run) -> str:
    """The consequences of stopping to wait, in words."""
    said = words.if_cancelled if run.cancellable else words.if_stopped
    means = str(run.stop_means)
    return said(means[0].lower() + means[1:])


def identity(run: Run) -> Markup:
    """The run's id, and its task's if there is one."""
    return render_macro(TEMPLATE, "identity", run)


def trouble(run: Run, mine: bool = True) -> Markup:
    """The stage of a run at rest without a result: what happened, why, what to do next.

    The last is for its owner only, as `mine` says.
    """
    kind, title, rows = _explain(run)
    if not mine:
        rows = [row for row in rows if row[0] not in (words.NEXT, words.COST)]
        rows.append((words.NEXT, words.SEEN_ONLY))
    return render_macro(TEMPLATE, "trouble", run, words, kind, title, rows)


def _explain(run: Run) -> tuple[str, str, list[tuple[str, str]]]:
    error = run.error
    what, hint = (translated(error.what), translated(error.hint)) if error else ("", "")
    if run.needs_key:
        return (
            "key",
            words.NEEDS_KEY,
            [
                (words.WHY, words.KEY_GONE),
                (words.NEXT, words.KEY_GONE_HINT),
            ],
        )
    if run.state is RunState.STOPPED:
        return (
            "stopped",
            words.CANCELLED if run.cancelled else words.STOPPED,
            [(words.GOES_ON, run.stop_means)],
        )
    if run.state is RunState.UNCLEAR:
        return (
            "unclear",
            words.UNCLEAR,
            [
                (words.WHAT, what),
                (words.NEXT, hint or words.UNCLEAR_HINT),
                (words.COST, _again_cost(run)),
            ],
        )
    return (
        "failed",
        words.FAILED,
        [(words.WHAT, what), (words.NEXT, hint), (words.COST, _again_cost(run))],
    )


def _again_cost(run: Run) -> str:
    if run.backend == "local":
        return words.AGAIN_IS_FREE
    if run.submits == 0:
        return words.NOT_BILLED
    return words.AGAIN_IS_BILLED
