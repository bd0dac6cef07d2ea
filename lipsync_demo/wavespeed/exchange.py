"""What became of a request: an answer, or why there is none."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import requests
import urllib3.exceptions

from lipsync_demo.wavespeed import words
from lipsync_demo.wavespeed.deadlines import Deadline

TOO_MANY = 429
"""HTTP status of a reached rate limit."""

UNREACHED = frozenset({words.NO_CONNECTION_IN_TIME, words.NAME_NOT_FOUND, words.CONNECTION_REFUSED})
"""Reasons of `NoAnswer` for which there was no connection."""


@dataclass(frozen=True)
class Answer:
    """Status and body of an answer; `repeats` counts the attempts before it."""

    status: int
    text: str
    retry_after: float | None = None
    repeats: int = 0

    @cached_property
    def body(self) -> Any:
        """The parsed JSON; None if the body is not JSON."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def code(self) -> int | None:
        """The envelope's code; None without one."""
        code = self.body.get("code") if isinstance(self.body, Mapping) else None
        return code if isinstance(code, int) and not isinstance(code, bool) else None

    @property
    def effective_status(self) -> int:
        """The effective status: the envelope's code under a 2xx, else the HTTP status."""
        return self.code if self.ok and self.code is not None else self.status

    @property
    def limited(self) -> bool:
        """Whether a rate limit was reached."""
        return self.effective_status == TOO_MANY

    @property
    def transient(self) -> bool:
        """Whether the answer is transient: a retry may succeed."""
        return self.limited or 500 <= self.effective_status < 600

    @property
    def outcome(self) -> str:
        """What it is counted as."""
        if self.transient:
            return "limited" if self.limited else "server_error"
        return "ok" if 200 <= self.effective_status < 300 else "refused"


@dataclass(frozen=True)
class NoAnswer:
    """Why there is no usable answer, and whether the server may have received the request."""

    why: str
    maybe_sent: bool

    outcome = "no_answer"
    """What it is counted as."""


def no_answer(error: Exception, deadline: Deadline | None = None) -> NoAnswer:
    """Why a request failed with `error`, perhaps because its deadline closed the connection."""
    if deadline is not None and deadline.over:
        if deadline.sent:
            return NoAnswer(words.NO_ANSWER_IN_TIME, True)
        return NoAnswer(words.NO_CONNECTION_IN_TIME, False)
    cause = error.args[0] if error.args else None
    if isinstance(cause, urllib3.exceptions.MaxRetryError):
        cause = cause.reason
    if isinstance(error, requests.ConnectTimeout):
        return NoAnswer(words.NO_CONNECTION_IN_TIME, False)
    if isinstance(cause, urllib3.exceptions.NameResolutionError):
        return NoAnswer(words.NAME_NOT_FOUND, False)
    if isinstance(cause, urllib3.exceptions.NewConnectionError):
        return NoAnswer(words.CONNECTION_REFUSED, False)
    if isinstance(error, requests.exceptions.ProxyError):
        return NoAnswer(words.PROXY_UNUSABLE, False)
    if isinstance(error, requests.exceptions.SSLError):
        causes = (cause, *getattr(cause, "args", ()))
        unverified = any(isinstance(one, ssl.SSLCertVerificationError) for one in causes)
        why = words.CERTIFICATE_INVALID if unverified else words.SECURE_CONNECTION_BROKE
        return NoAnswer(why, not unverified)
    if isinstance(error, (requests.Timeout, urllib3.exceptions.TimeoutError)):
        return NoAnswer(words.NO_ANSWER_IN_TIME, True)
    if isinstance(error, requests.exceptions.InvalidHeader):  # of the answer
        return NoAnswer(words.ANSWER_CUT_SHORT, True)
    if isinstance(error, ValueError):
        return NoAnswer(words.ADDRESS_INVALID, False)
    return NoAnswer(words.CONNECTION_BROKE, True)
