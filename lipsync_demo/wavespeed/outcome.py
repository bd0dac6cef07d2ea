"""Checks that an ended task has an output."""

from __future__ import annotations

from collections.abc import Callable

from lipsync_demo.wavespeed import words
from lipsync_demo.wavespeed.errors import TaskFailed, TaskWithoutOutput
from lipsync_demo.wavespeed.schema import NO_CREDIT, TERMINAL_FAILURES, Prediction, task_code


def check_outcome(prediction: Prediction, redact: Callable[[str], str] = str) -> Prediction:
    """Return the task unless it has failed or lacks its output.

    Raises:
        TaskFailed: the task ended without a result.
        TaskWithoutOutput: the task is completed but has no output.
    """
    if prediction.failed:
        known = task_code(prediction.code, prediction.error)
        what = TERMINAL_FAILURES[prediction.status.strip().lower()]
        if prediction.code or known is NO_CREDIT:
            what = f"{what} {known.meaning}"
        if prediction.error:
            what = words.server_said(what, redact(prediction.error)[:500])
        raise TaskFailed(prediction, _sentence(what), known.advice, known.cost)
    if prediction.succeeded and not prediction.outputs:
        raise TaskWithoutOutput(
            prediction,
            "The task says it is completed, but it has no output.",
            "Start a new task, or try other media.",
            f"Look up task {prediction.id} on the provider's dashboard before paying again.",
        )
    return prediction


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else text + "."
