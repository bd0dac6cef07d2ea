"""Turns answers into observations, worded alike in every probe."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from lipsync_demo.conformance.models import Question, Seen
from lipsync_demo.conformance.questions import words
from lipsync_demo.conformance.server import Subject
from lipsync_demo.wavespeed.answers import message_in
from lipsync_demo.wavespeed.raw_requests import Reply
from lipsync_demo.wavespeed.schema import decimal

Look = Callable[[Subject], Seen]


class Table(list[Question]):
    """Questions in the order in which they are asked."""

    def __call__(self, name: str, about: str, documented: str) -> Callable[[Look], Look]:
        """Add a question; the decorated function asks it."""

        def add(look: Look) -> Look:
            self.append(Question(name, about, documented, look))
            return look

        return add


def refused(reply: Reply, *statuses: int, says: str = "", form: str = "") -> Seen:
    """Check an answer's status (one of `statuses`), its form, and a word in its message."""
    observed = f"{reply.status}, {reply.form}"
    agrees = reply.status in statuses and form in ("", reply.form)
    if says:
        heard = says.lower() in message_in(reply.body).lower()
        observed += words.that_says(heard, says)
        agrees = agrees and heard
    return Seen(observed, agrees)


def held(reply: Reply, problems: Callable[[Any], Iterable[str]], told: str) -> Seen:
    """Check that an answer succeeded and its data have no problems; `told` describes it then."""
    if reply.status != 200 or not isinstance(reply.body, dict) or reply.data is None:
        return Seen(f"{reply.status}, {reply.form}", False)
    found = list(problems(reply.data))
    if reply.body.get("code") != 200:
        found.insert(0, words.CODE_NOT_200)
    return Seen("; ".join(found) or told, not found)


def number(data: Any, name: str) -> Iterable[str]:
    """Yield what is wrong with a field that must be a number."""
    value = data.get(name) if isinstance(data, dict) else None
    if decimal(value) is None or isinstance(value, str):
        yield words.no_number(name, kind(value))


def kind(value: Any) -> str:
    """Name of a JSON value's type, for the user."""
    if value is None:
        return words.MISSING_OR_NULL
    names = {bool: "a flag", str: "text", list: "a list", dict: words.AN_OBJECT}
    return names.get(type(value), "a number")
