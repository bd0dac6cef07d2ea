"""Parsed answers of the API: predictions and prices, with the list of statuses and codes.

Parsing is tolerant: a null, empty or missing field takes its empty value, an unknown status
counts as running, and the whole body stays in `raw`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from pydantic import TypeAdapter, ValidationError

from lipsync_demo.settings import PROGRESS
from lipsync_demo.wavespeed import credit, words

COMPLETED = "completed"
"""Status of a successful task."""

RUNNING = frozenset({"created", "pending", "processing"})
"""Statuses of a running task."""

CANCELLED = "cancelled"
"""Status of a task that was cancelled."""

CANCEL = "cancel"
"""Name in a task's `urls` by which the local backend announces that the task can be cancelled."""

LIVE = "live"
"""The same for a task that can be watched while it is rendered."""

PREFER = "prefer"
"""Header that asks the local backend to hold an answer about a running task: `wait=SECONDS`, as in
RFC 7240."""

TURN = "X-Lipsync-Turn"
"""Header of a submit by which the local backend tells one person's tasks from another's."""

PATIENT = "X-Lipsync-Patient"
"""The same by which it prefers others to a task that nobody watches; its value is 1."""

TERMINAL_FAILURES: Mapping[str, str] = {
    "failed": words.TASK_FAILED,
    CANCELLED: words.TASK_CANCELLED,
    "timeout": words.TASK_TIMED_OUT,
    "deleted": words.TASK_DELETED,
}
"""Statuses of failed tasks, each with a sentence for the user."""


@dataclass(frozen=True, slots=True)
class TaskCode:
    """The meaning of a task's error code, advice, and a sentence about its cost."""

    meaning: str
    advice: str
    cost: str = ""


NO_CREDIT = TaskCode(words.NO_CREDIT, "Top up the account, then start a new task.")
"""Meaning of a task that failed for missing credit."""

TASK_CODES: Mapping[int, TaskCode] = {
    1200: TaskCode(
        "The content check refused the video or the speech.",
        "Use other media.",
    ),
    1400: TaskCode(
        "The request lacked a field the model needs.",
        "Check the request's fields and submit it again.",
    ),
    1401: TaskCode(
        "A field of the request had a value the model does not take.",
        "Check the request's fields and submit it again.",
    ),
    1402: TaskCode(
        "The server could not fetch the video or the speech from its address.",
        "Upload the files, or use addresses that open without signing in.",
    ),
    1403: TaskCode(
        "The model could not process this video and speech.",
        "Try other media; the same media may fail again.",
        "A new task is billed.",
    ),
    1405: TaskCode(
        "The model gave up on this video and speech.",
        "Try other media; the same media may fail again.",
        "A new task is billed.",
    ),
    credit.TASK_CODE: NO_CREDIT,
    5000: TaskCode(
        "The server had an internal error.",
        "Wait a few minutes, then start a new task.",
    ),
    5003: TaskCode(
        "The model was not available.",
        "Wait a few minutes, then start a new task.",
    ),
    5004: TaskCode(
        "The task took longer than the server allows.",
        "Try a shorter clip, or start a new task later.",
    ),
}
"""Documented error codes of tasks."""

_UNKNOWN_TASK = TaskCode(
    "The server gave no reason this client knows.",
    "Try again later or with other media.",
)
"""Meaning of any other task code."""


def task_code(code: int, said: str = "") -> TaskCode:
    """Meaning and advice for a task's error code and the server's message.

    A message about missing credit takes precedence; unknown codes are judged by their range.
    """
    if credit.missing(said, code):
        return NO_CREDIT
    if code in TASK_CODES:
        return TASK_CODES[code]
    if 1000 <= code < 2000:
        return TaskCode(
            words.refused_with_code(code),
            words.CHECK_REQUEST,
        )
    if 5000 <= code < 6000:
        return TaskCode(
            words.failed_with_code(code),
            words.WAIT_MINUTES,
        )
    return _UNKNOWN_TASK


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """A task's state as last sent by the server.

    Attributes:
        id: the task's id; "" if the body has none.
        status: as sent; unknown statuses count as running.
        outputs: URLs of the outputs, in order.
        has_nsfw_contents: one flag for each output; None means unknown, not safe.
            Without outputs, the flags as sent.
        timings: milliseconds by name, such as `inference`.
        execution_time: milliseconds, for display only: servers disagree on its meaning.
        created_at: UTC, None if missing or unreadable.
        error: the server's message, "" if none.
        code: the task's error code (see `TASK_CODES`), 0 if none.
        urls: URLs by name, such as `get`.
        progress: the share of a running task that is done, 0 to 1; None unless the server is
            a local backend that works on it.
        raw: the body as sent, without `progress`, which is no news of the task.
    """

    id: str
    model: str = ""
    status: str = ""
    outputs: tuple[str, ...] = ()
    has_nsfw_contents: tuple[bool | None, ...] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    execution_time: float | None = None
    created_at: datetime | None = None
    error: str = ""
    code: int = 0
    urls: Mapping[str, str] = field(default_factory=dict)
    progress: float | None = None
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Prediction:
        """Parse the `data` of an answer; any field may be missing."""
        outputs, flags = _outputs(data.get("outputs"), data.get("has_nsfw_contents"))
        return cls(
            id=_text(data.get("id")),
            model=_text(data.get("model")),
            status=_text(data.get("status")),
            outputs=outputs,
            has_nsfw_contents=flags,
            timings={
                str(name): number
                for name, value in mapping(data.get("timings")).items()
                if (number := _number(value)) is not None
            },
            execution_time=_number(data.get("executionTime")),
            created_at=parse_time(data.get("created_at")),
            error=_text(data.get("error")),
            code=int(_number(data.get("code")) or 0),
            urls={
                str(name): value
                for name, value in mapping(data.get("urls")).items()
                if isinstance(value, str)
            },
            progress=_share(data.get(PROGRESS)),
            raw={name: value for name, value in data.items() if name != PROGRESS},
        )

    @property
    def succeeded(self) -> bool:
        return self._word == COMPLETED

    @property
    def failed(self) -> bool:
        return self._word in TERMINAL_FAILURES

    @property
    def finished(self) -> bool:
        return self.succeeded or self.failed

    @property
    def cancelled(self) -> bool:
        return self._word == CANCELLED

    def announces(self, name: str) -> bool:
        """Whether the server says in `urls` that the task offers this: `CANCEL` or `LIVE`.

        The address itself is not used: requests go to the client's own server only.
        """
        return self.urls.get(name, "").endswith(local_task_path(self.id, name))

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The request's fields; present only in a listing that requested them."""
        return mapping(self.raw.get("input")) or mapping(self.raw.get("inputs"))

    @property
    def _word(self) -> str:
        return self.status.strip().lower()


def local_task_path(task_id: str, name: str) -> str:
    """Path of an extension of the local backend for one task: `CANCEL` or `LIVE`."""
    return f"/api/local/tasks/{task_id}/{name}"


@dataclass(frozen=True)
class Price:
    """The API's quote for a request.

    If the API cannot read the media, it quotes the model's minimum price.

    Attributes:
        amount: the amount billed, after any discount.
        full_amount: the price before the discount.
        currency: as sent, else USD, the currency of the published prices.
    """

    model: str
    amount: Decimal
    full_amount: Decimal
    currency: str = "USD"
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False)

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Price | None:
        """Parse the `data` of a quote; None if it has no price.

        The older endpoint `model/pricing` sends `unit_price`, and `origin_price` with a discount.
        """
        full, discounted = decimal(data.get("price")), decimal(data.get("discounted_price"))
        if full is None and discounted is None:
            full, discounted = decimal(data.get("origin_price")), decimal(data.get("unit_price"))
        amount = full if discounted is None else discounted
        if amount is None:
            return None
        return cls(
            model=_text(data.get("model_id")),
            amount=amount,
            full_amount=amount if full is None else full,
            currency=_text(data.get("currency")) or "USD",
            raw=dict(data),
        )


_TIME = TypeAdapter(datetime)
"""Parser of ISO 8601 times."""

_SECONDS = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", re.IGNORECASE)
"""Beginning of an ISO 8601 time down to seconds."""

_LOOSE = re.compile(r"[.,](?!\d)|\s+(?=Z|[+-])", re.IGNORECASE)
"""A point without digits, and spaces before the zone, as some servers write them."""


def parse_time(value: object) -> datetime | None:
    """An ISO 8601 time with any number of fractional digits, in UTC; None if unreadable.

    Digits past the microsecond are dropped; a time without a zone is UTC.

    >>> parse_time("2025-09-29T23:09:43.027123456Z").isoformat()
    '2025-09-29T23:09:43.027123+00:00'
    """
    text = value.strip() if isinstance(value, str) else ""
    if not _SECONDS.match(text):
        return None
    try:
        moment = _TIME.validate_python(_LOOSE.sub("", text))
        return moment.replace(tzinfo=moment.tzinfo or timezone.utc).astimezone(timezone.utc)
    except (ValidationError, OverflowError):
        return None


def decimal(value: object) -> Decimal | None:
    """A finite number, or text of one, as an exact decimal; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def deleted(data: object) -> int | None:
    """The number of deleted tasks in the `data` of a deletion; None if they lack it.

    Two forms are documented: `{"deleted_count": 2}`, and an older one with
    `{"id": …, "status": "deleted"}` for each task.
    """
    if isinstance(data, list):
        counts = [deleted(item) for item in data]
        return None if None in counts else sum(count or 0 for count in counts)
    told = mapping(data)
    count = decimal(told.get("deleted_count"))
    if count is not None:
        return int(count)
    if _text(told.get("status")):
        return int(_text(told.get("status")).strip().lower() == "deleted")
    return None


def _outputs(outputs: object, flags: object) -> tuple[tuple[str, ...], tuple[bool | None, ...]]:
    sent = outputs if isinstance(outputs, list) else _inside(outputs)
    known = [f if isinstance(f, bool) else None for f in flags] if isinstance(flags, list) else []
    if not sent:
        return (), tuple(known)
    padded: list[bool | None] = [*known, *[None] * len(sent)]
    if True in padded[len(sent) :]:
        # More flags than outputs: the extra warning may be about any output.
        padded = [flag or None for flag in padded]
    pairs = [(next(iter(_inside(o)), ""), flag) for o, flag in zip(sent, padded, strict=False)]
    kept = [(address, flag) for address, flag in pairs if address]
    return tuple(a for a, _ in kept), tuple(f for _, f in kept)


def _inside(value: object) -> list[str]:
    """The URLs in one entry of `outputs`: text, `{url}`, or several of them by name."""
    if not isinstance(value, Mapping):
        return [value] if isinstance(value, str) and value else []
    if url := _text(value.get("url")):
        return [url]
    found: list[str] = []
    for part in value.values():
        for item in part if isinstance(part, list) else [part]:
            found += [text for text in _inside(item) if "://" in text]
    return found


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        value = value.get("message")
    return value if isinstance(value, str) else ""


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def _share(value: object) -> float | None:
    number = _number(value)
    return number if number is not None and 0 <= number <= 1 else None


def _number(value: object) -> float | None:
    number = decimal(value)
    result = None if number is None else float(number)
    return result if result is not None and math.isfinite(result) else None
