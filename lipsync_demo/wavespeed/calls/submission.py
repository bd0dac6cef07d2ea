"""The one billable request: queueing, body, answer, and looking up its task."""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta

from lipsync_demo.metrics.table import SUBMITS
from lipsync_demo.wavespeed.addresses import origin
from lipsync_demo.wavespeed.answers import error_of, refused
from lipsync_demo.wavespeed.errors import (
    AmbiguousSubmit,
    BadParameter,
    NetworkError,
    RateLimited,
    UnknownPrediction,
)
from lipsync_demo.wavespeed.exchange import TOO_MANY, Answer
from lipsync_demo.wavespeed.model_catalogue import EXTENSIONS, Model
from lipsync_demo.wavespeed.schema import PATIENT, TURN, Prediction, mapping
from lipsync_demo.wavespeed.transport import Transport

log = logging.getLogger(__name__)

QUEUE_POLL_SECONDS = 5.0
"""Maximum seconds between checks of the submit queue: others in it may have left."""

PAGE_LIMIT = 100
"""Tasks per page of the list."""

_PAGES = 10
"""Maximum number of pages read from the list."""

_CLOCK_SKEW = timedelta(minutes=2)
"""Tolerated difference between this machine's clock and the server's."""

_ID = re.compile(r"[A-Za-z0-9_-]{4,128}")
"""Form of a task id."""

Page = Callable[[int, datetime], list[Prediction]]
"""Returns a page (from 1) of at most `PAGE_LIMIT` tasks created after a time, with inputs."""


def inputs(
    model: Model,
    video_url: str,
    audio_url: str,
    choices: Mapping[str, str | None],
    *,
    local: bool = False,
) -> dict[str, str]:
    """The request's body as sent; a choice that is None takes the model's default.

    `local` tells whether the local backend is asked, which also takes `EXTENSIONS`.

    Raises:
        BadParameter: a URL is not http(s), or the model has no such choice.
    """
    for name, url in (("video", video_url), ("audio", audio_url)):
        if origin(url) is None:
            raise BadParameter(
                f"The {name} is not an http or https address.",
                "Upload the file first, or give an address that begins with https.",
            )
    return {"video": video_url, "audio": audio_url, **model.chosen(choices, local=local)}


def checked_id(task_id: str) -> str:
    """The task id, checked to be safe in a path.

    Raises:
        UnknownPrediction: it is no id.
    """
    if not _ID.fullmatch(task_id):
        raise UnknownPrediction(
            f"{task_id[:40]!r} is not the id of a task.",
            "Copy the id again; it has only letters, digits, - and _.",
        )
    return task_id


def submit(
    transport: Transport, model: Model, request: dict[str, str], timeout: float
) -> Prediction:
    """Send the request when the queue lets it through; retry after a 429, which starts nothing.

    `timeout` is the timeout in seconds for all of it.

    Raises:
        AmbiguousSubmit: a task may have been started.
        RateLimited: the rate limit did not allow it before the timeout.
        WaveSpeedError: the request was refused or never arrived; nothing was started.
    """
    queue, ticket = transport.governor.submits, secrets.token_hex(8)
    deadline = transport.clock() + timeout
    try:
        while True:
            wait = queue.ask(ticket)
            if transport.clock() + wait > deadline:
                raise error_of(Answer(TOO_MANY, "", wait))
            if wait:
                transport.sleep(min(wait, QUEUE_POLL_SECONDS))
                continue
            try:
                return send(transport, model, request, ticket)
            except RateLimited as error:
                if transport.clock() + (error.retry_after or 0.0) > deadline:
                    raise
    finally:
        queue.leave(ticket)


def place(turn: str, patient: bool) -> dict[str, str]:
    """The headers that tell the local backend when it is a task's turn."""
    return ({TURN: turn} if turn else {}) | ({PATIENT: "1"} if patient else {})


def send(
    transport: Transport,
    model: Model,
    request: dict[str, str],
    ticket: str,
    headers: Mapping[str, str] | None = None,
) -> Prediction:
    """Send the request once, report the result to the queue and return the started task.

    Raises:
        AmbiguousSubmit: a task may have been started.
        RateLimited: nothing was started; ask the queue again after `retry_after` seconds.
        WaveSpeedError: the request was refused or never arrived; nothing was started.
    """
    queue = transport.governor.submits
    try:
        started = _sent(transport, model, request, headers or {})
    except RateLimited as error:
        SUBMITS.count(result="limited")
        error.retry_after = queue.refused(ticket, error.retry_after)
        log.info("The rate limit is reached; the next submit in %.0f s", error.retry_after)
        raise
    except AmbiguousSubmit:
        SUBMITS.count(result="ambiguous")
        queue.taken(ticket)
        raise
    except BaseException as error:
        SUBMITS.count(result="unreached" if isinstance(error, NetworkError) else "refused")
        queue.leave(ticket)
        raise
    SUBMITS.count(result="started")
    queue.taken(ticket)
    return started


def _sent(
    transport: Transport, model: Model, request: dict[str, str], headers: Mapping[str, str]
) -> Prediction:
    try:
        answer = transport.call(
            "POST",
            f"/api/v3/{model.id}",
            request,
            seconds=transport.limits.submit,
            throttled=False,
            headers=headers,
            kind="submit",
        )
    except NetworkError as error:
        if not error.maybe_sent:
            raise
        raise _ambiguous(error.what) from None
    started = _started(answer)
    if started is not None:
        return started
    if refused(answer):
        raise error_of(answer)
    raise _ambiguous(
        f"The answer to the submit request (status {answer.status}) named no task.", answer
    )


def find(
    page: Page,
    model: Model,
    request: dict[str, str],
    since: datetime,
    known_ids: Collection[str],
) -> Prediction | None:
    """The model's recent task with these inputs, created nearest to `since`; None without one.

    Raises:
        AmbiguousSubmit: the list does not include its tasks' inputs, or is too long.
    """
    earliest = since - _CLOCK_SKEW
    found: list[Prediction] = []
    unreadable, complete = 0, False
    for number in range(1, _PAGES + 1):
        items = page(number, earliest)
        for task in items:
            young = task.created_at is None or task.created_at >= earliest
            if not young or task.id in known_ids or task.model not in {"", model.id}:
                continue
            if not task.inputs:
                unreadable += 1
            elif _equal(model, task.inputs, request):
                found.append(task)
        complete = len(items) < PAGE_LIMIT
        if complete:
            break
    if found:
        return min(found, key=lambda task: abs((task.created_at or earliest) - since))
    if unreadable or not complete:
        raise AmbiguousSubmit(
            "The list of recent tasks does not tell whether one of them is this one.",
            "Look at the provider's dashboard before submitting again.",
        )
    return None


def _equal(model: Model, inputs: Mapping[str, str], request: Mapping[str, str]) -> bool:
    """Whether a task was started by this request; one with a face is not one without."""
    told = model.defaults | dict(inputs)
    return told.items() >= request.items() and all(
        told.get(name) == request.get(name) for name in EXTENSIONS
    )


def _started(answer: Answer) -> Prediction | None:
    # A task that is named exists, even if the status says otherwise.
    if not (answer.ok or answer.status >= 500 or answer.limited):
        return None
    prediction = Prediction.parse(mapping(mapping(answer.body).get("data")))
    return prediction if _ID.fullmatch(prediction.id) else None


def _ambiguous(what: str, answer: Answer | None = None) -> AmbiguousSubmit:
    return AmbiguousSubmit(
        f"{what} The task may have been started all the same, and may be billed.",
        "Look for it among the recent tasks; submit again only if it is not there.",
        status=answer.status if answer else None,
        code=answer.code if answer else None,
    )
