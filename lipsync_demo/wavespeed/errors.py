"""Errors of requests to the API.

    WaveSpeedError
    ├── BadKey               the key is missing, wrong or not active (401)
    ├── NoPermission         the account may not do this (403)
    ├── NoCredits            the account has no credit left (400, 402, 403, 1407, by message)
    ├── BadParameter         the request was refused as wrong (400 and other 4xx)
    ├── UnknownPrediction    no such task, or not an id at all (404)
    ├── RateLimited          too many requests (429)
    ├── ServerError          the server failed (5xx)
    ├── NetworkError         no usable answer: refused, dropped, timed out
    ├── UnexpectedAnswer     an answer outside the API's contract
    ├── AmbiguousSubmit      the task may have been started and billed
    ├── PredictionError      carries the task as last seen in `.prediction`
    │   ├── TaskFailed           the task ended without a result
    │   ├── TaskWithoutOutput    the task says completed and has no output
    │   └── WaitTimedOut         the wait timed out; the task continues (also a TimeoutError)
    ├── UploadRefused        the file cannot be uploaded or was refused
    └── DownloadFailed       the file at a URL could not be downloaded

No message contains the key or the query of a signed URL.
"""

# Named after the cause, so most names do not end in "Error".
# ruff: noqa: N818

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lipsync_demo.errors import ExplainedError
from lipsync_demo.wavespeed import words
from lipsync_demo.wavespeed.schema import Prediction, task_code


class WaveSpeedError(ExplainedError):
    """What happened and what to do about it.

    Attributes:
        what: one sentence, what happened and why.
        hint: one sentence, what to do next.
        status: the HTTP status, None without an answer.
        code: the code of the envelope or task, None without one.
        cost: one sentence about money, shown only for billed backends; "" if none.
        task_id: the id of the task concerned, None without one.
        retry_after: seconds from the server's Retry-After, None without one.
    """

    transient = False
    """Whether the error is transient: the same GET may succeed later."""

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
        self.status = status
        self.code = code
        self.task_id = task_id
        self.retry_after = retry_after

    def __str__(self) -> str:
        return " ".join(said for said in (self.what, self.hint, self.cost) if said)


class BadKey(WaveSpeedError):
    """The key is missing, wrong or not active yet."""


class NoPermission(WaveSpeedError):
    """The key is valid, but its account may not do this."""


class NoCredits(WaveSpeedError):
    """The account has no credit left."""


class BadParameter(WaveSpeedError):
    """The request was refused as wrong."""


class UnknownPrediction(WaveSpeedError):
    """The server knows no task of this id, or the text is no id at all."""


class RateLimited(WaveSpeedError):
    """Too many requests in too short a time."""

    transient = True


class ServerError(WaveSpeedError):
    """The server failed."""

    transient = True


class NetworkError(WaveSpeedError):
    """No usable answer arrived.

    Attributes:
        maybe_sent: whether the server may have received the whole request nevertheless.
    """

    transient = True

    def __init__(self, what: str, hint: str, *, maybe_sent: bool = False, **about: Any) -> None:
        super().__init__(what, hint, **about)
        self.maybe_sent = maybe_sent


class UnexpectedAnswer(WaveSpeedError):
    """An answer outside the API's contract."""


class AmbiguousSubmit(WaveSpeedError):
    """The task may have been started; `find_submitted` tells."""


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
    """The task is completed but has no output."""


class WaitTimedOut(PredictionError, TimeoutError):
    """The wait timed out; the task continues and is billed when it completes."""


class UploadRefused(WaveSpeedError):
    """The file cannot be uploaded or was refused."""


class DownloadFailed(WaveSpeedError):
    """The file at a URL could not be downloaded; the task is not affected."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The error class of a status or code, and its two sentences."""

    kind: type[WaveSpeedError]
    what: str
    hint: str


CREDIT_STATUSES = frozenset({400, 402, 403})
"""HTTP statuses that may mean missing credit, depending on the message."""

WITHOUT_CREDIT = Meaning(NoCredits, words.NO_CREDIT, "Top up the account, then try again.")
"""Meaning of an answer about missing credit."""

NO_SUCH_ADDRESS = Meaning(
    BadParameter,
    "The server does not have this address at all.",
    "Check WAVESPEED_BASE_URL; it should be the server's address without a path.",
)
"""Meaning of a 404 from the web server in front of the API."""

MEANINGS: tuple[tuple[range, Meaning], ...] = (
    (
        range(300, 400),
        Meaning(
            UnexpectedAnswer,
            "The server sent the request on to another address, where the key must not go.",
            "Set WAVESPEED_BASE_URL to the server's final address.",
        ),
    ),
    (
        range(401, 402),
        Meaning(
            BadKey,
            "The server did not accept the key.",
            "Copy the key again without spaces; a new key works only after the first top-up.",
        ),
    ),
    (
        range(403, 404),
        Meaning(
            NoPermission,
            "The account of this key may not do this.",
            "Use a key with the role the server asks for, or ask the account's owner.",
        ),
    ),
    (
        range(404, 405),
        Meaning(
            BadParameter,
            "The server does not know this model or address.",
            "Choose another model, or check WAVESPEED_BASE_URL; it should be the server's address "
            "without a path.",
        ),
    ),
    (
        range(429, 430),
        Meaning(
            RateLimited,
            "Too many requests were made in a short time.",
            "Wait a minute, then try again.",
        ),
    ),
    (
        range(400, 500),
        Meaning(
            BadParameter, "The server refused the request as wrong.", "Correct it and try again."
        ),
    ),
    (
        range(500, 600),
        Meaning(
            ServerError,
            "The server failed (status {status}).",
            "Wait a few minutes, then try again.",
        ),
    ),
)
"""Ranges of statuses and codes with their meanings; the first match counts."""

UNKNOWN_MEANING = Meaning(
    UnexpectedAnswer,
    "The server's answer did not have the expected form.",
    "Try again later; if it stays so, check WAVESPEED_BASE_URL.",
)
"""Meaning of any other status or code."""


def meaning_of(status: int, task_id: str | None = None) -> Meaning:
    """The meaning of a status or envelope code; `task_id` is the task it is about."""
    if status == 404 and task_id:
        return Meaning(
            UnknownPrediction,
            words.unknown_task(task_id),
            words.UNKNOWN_TASK_HINT,
        )
    if 1000 <= status < 2000 or 5000 <= status < 6000:
        known = task_code(status)
        kind = BadParameter if status < 2000 else ServerError
        return Meaning(kind, known.meaning, known.advice)
    found = next((m for statuses, m in MEANINGS if status in statuses), UNKNOWN_MEANING)
    return Meaning(found.kind, found.what.format(status=status), found.hint)
