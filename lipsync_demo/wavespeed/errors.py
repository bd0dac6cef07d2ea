"""Everything that can go wrong between here and the API.

    WaveSpeedError
    ├── BadKey               the key is missing, wrong or not active (401)
    ├── NoPermission         the account may not do this (403)
    ├── NoCredits            the account has no credit left (400, 402, 403, 1407, by its words)
    ├── BadParameter         the request was refused as wrong (400 and other 4xx)
    ├── UnknownPrediction    no such task, or not an id at all (404)
    ├── RateLimited          too many requests (429)
    ├── ServerError          the server failed (5xx)
    ├── NetworkError         no usable answer came: refused, dropped, timed out
    ├── UnexpectedAnswer     an answer came that the contract does not know
    ├── AmbiguousSubmit      nobody knows whether the task was started and is billed
    ├── PredictionError      carries the task as last seen in `.prediction`
    │   ├── TaskFailed           the task ended without a result
    │   ├── TaskWithoutOutput    the task says completed and has no output
    │   └── WaitTimedOut         we stopped waiting; the task goes on (also a TimeoutError)
    ├── UploadRefused        the file cannot be or was not taken
    └── DownloadFailed       the file behind an address could not be fetched

No text of this module's errors contains the key or the query of a signed address.
"""

# The names are the tree's; none ends in "Error" for its own sake.
# ruff: noqa: N818

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .models import NO_CREDIT, TERMINAL_FAILURES, Prediction, task_code


class WaveSpeedError(Exception):
    """What happened and what to do about it.

    Attributes:
        what: one sentence, what happened and why.
        hint: one sentence, what to do next.
        status: the HTTP status, None when there was no answer.
        code: the envelope's or the task's own code, None when there was none.
        cost: one sentence about money, said only where something is billed; "" if none.
        task_id: the id of the task concerned, None when there is none.
        retry_after: seconds the server asked to wait, None when it did not.
    """

    passing = False
    """Whether the same GET may well succeed later."""
    cost = ""

    def __init__(
        self,
        what: str,
        hint: str,
        *,
        status: int | None = None,
        code: int | None = None,
        task_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint
        self.status = status
        self.code = code
        self.task_id = task_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        return " ".join(said for said in (self.what, self.hint, self.cost) if said)


class BadKey(WaveSpeedError):
    """The key is missing, wrong or not active yet."""


class NoPermission(WaveSpeedError):
    """The key is right, but its account may not do this."""


class NoCredits(WaveSpeedError):
    """The account has no credit left."""


class BadParameter(WaveSpeedError):
    """The request was refused as wrong."""


class UnknownPrediction(WaveSpeedError):
    """The server knows no task of this id, or the text is no id at all."""


class RateLimited(WaveSpeedError):
    """Too many requests in too short a time."""

    passing = True


class ServerError(WaveSpeedError):
    """The server failed."""

    passing = True


class NetworkError(WaveSpeedError):
    """No usable answer came.

    Attributes:
        maybe_sent: whether the server may have got the whole request all the same.
    """

    passing = True

    def __init__(self, what: str, hint: str, *, maybe_sent: bool = False, **about: Any) -> None:
        super().__init__(what, hint, **about)
        self.maybe_sent = maybe_sent


class UnexpectedAnswer(WaveSpeedError):
    """An answer came that the contract does not know."""


class AmbiguousSubmit(WaveSpeedError):
    """Nobody knows whether the task was started; settle it with `find_submitted`."""


class PredictionError(WaveSpeedError):
    """An error about a task; `prediction` is the task as last seen."""

    def __init__(self, prediction: Prediction, what: str, hint: str, cost: str = "") -> None:
        super().__init__(what, hint, code=prediction.code or None, task_id=prediction.id or None)
        self.args = (prediction, what, hint, cost)
        self.prediction = prediction
        self.cost = cost


class TaskFailed(PredictionError):
    """The task ended without a result."""


class TaskWithoutOutput(PredictionError):
    """The task says completed and has no output."""


class WaitTimedOut(PredictionError, TimeoutError):
    """We stopped waiting; the task goes on and is billed when it completes."""


class UploadRefused(WaveSpeedError):
    """The file cannot be or was not taken."""


class DownloadFailed(WaveSpeedError):
    """The file behind an address could not be fetched; the task is not affected."""


def check_outcome(prediction: Prediction, redact: Callable[[str], str] = str) -> Prediction:
    """Return a finished task that has output.

    Raises:
        TaskFailed: the task ended without a result.
        TaskWithoutOutput: the task says completed and has no output.
    """
    if prediction.failed:
        known = task_code(prediction.code, prediction.error)
        what = TERMINAL_FAILURES[prediction.status.strip().lower()]
        if prediction.code or known is NO_CREDIT:
            what = f"{what} {known.meaning}"
        if prediction.error:
            what = f"{what} The server said: {redact(prediction.error)[:500]}"
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
