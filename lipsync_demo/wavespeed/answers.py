"""Extracts the data of an answer, or raises the error it stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lipsync_demo.wavespeed import credit, words
from lipsync_demo.wavespeed.errors import (
    CREDIT_STATUSES,
    NO_SUCH_ADDRESS,
    WITHOUT_CREDIT,
    UnexpectedAnswer,
    WaveSpeedError,
    meaning_of,
)
from lipsync_demo.wavespeed.exchange import Answer
from lipsync_demo.wavespeed.schema import mapping

_LONGEST_WORDS = 300
"""Characters of a server's message that are quoted."""

_GOOD_WORDS = frozenset({"ok", "success"})
"""Messages of successful answers, which are not quoted."""


def data_of(answer: Answer, task_id: str | None = None) -> Any:
    """The `data` of a successful envelope; `task_id` is the task the request was about.

    Raises:
        WaveSpeedError: the error the answer stands for.
    """
    if not answer.ok or not isinstance(answer.body, Mapping):
        raise error_of(answer, task_id)
    if answer.code is not None and not 200 <= answer.code < 300:
        raise error_of(answer, task_id)
    data = answer.body.get("data")
    if data is None:
        raise error_of(answer, task_id)
    return data


def refused(answer: Answer) -> bool:
    """Whether the answer rules out that the server carried out the request."""
    effective_status = answer.effective_status
    if effective_status == 408:
        return False
    return 300 <= effective_status < 500 or 1000 <= effective_status < 2000


def message_of(answer: Answer) -> str:
    """The server's error message in one line; "" without a readable one."""
    said = message_in(answer.body)
    if not said and answer.body is None and not answer.text.lstrip().startswith("<"):
        said = answer.text
    said = " ".join(said.split())
    return said[:_LONGEST_WORDS] + ("…" if len(said) > _LONGEST_WORDS else "")


def with_message(what: str, said: str) -> str:
    """The sentence `what`, followed by the server's message if there is one."""
    if not said or said.lower() in _GOOD_WORDS:
        return what
    return words.server_said(what, said) + ("" if said.endswith((".", "?", "…")) else ".")


def error_of(answer: Answer, task_id: str | None = None) -> WaveSpeedError:
    """The error that an unsuccessful answer stands for."""
    effective_status, said = answer.effective_status, message_of(answer)
    if _without_credit(answer, effective_status, said):
        meaning = WITHOUT_CREDIT
    elif effective_status == 404 and lacks_envelope(answer):
        meaning = NO_SUCH_ADDRESS
    else:
        meaning = meaning_of(effective_status, task_id)
    return meaning.kind(
        with_message(meaning.what, said),
        meaning.hint,
        status=answer.status,
        code=answer.code,
        task_id=task_id,
        retry_after=answer.retry_after,
    )


def unexpected(answer: Answer, about: str, task_id: str | None = None) -> UnexpectedAnswer:
    """The error of a successful envelope whose data lack the requested field."""
    return UnexpectedAnswer(
        f"The server's answer about {about} did not have the expected form.",
        "Try again later; if it stays so, check WAVESPEED_BASE_URL.",
        status=answer.status,
        code=answer.code,
        task_id=task_id,
    )


def lacks_envelope(answer: Answer) -> bool:
    """Whether the answer comes from the web server in front of the API.

    It answers unknown paths with plain text or a page, the API always with an envelope.
    """
    return not isinstance(answer.body, Mapping)


def _without_credit(answer: Answer, effective_status: int, said: str) -> bool:
    in_question = effective_status in CREDIT_STATUSES or 1000 <= effective_status < 2000
    return in_question and credit.missing(
        said, answer.code, effective_status, _error_code(answer.body)
    )


def _error_code(body: Any) -> int | None:
    code = mapping(body).get("error_code")
    return code if isinstance(code, int) else None


def message_in(body: Any) -> str:
    """The error message in a JSON body; "" without one."""
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return "; ".join(filter(None, map(message_in, body)))
    if isinstance(body, Mapping):
        for name in ("message", "error", "detail", "errors", "msg"):
            if said := message_in(body.get(name)):
                return said
    return ""
