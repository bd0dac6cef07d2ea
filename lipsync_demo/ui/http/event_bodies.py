"""Middleware that takes those bodies of Gradio's requests which a page like this one sends.

Gradio answers 500 to many others: to an event that is not there, to values that it cannot repeat in
its refusal, such as NaN.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from lipsync_demo.ui.frame import words
from lipsync_demo.ui.http.bodies import Replay, read
from lipsync_demo.ui.http.guard import PREFIX, UPLOAD

DEEPEST = 64
"""Levels of a body; the page sends no more than ten."""

LONGEST_PATH = 4096
"""Characters of a file's path."""

_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_Check = Callable[[Any], bool]


def _name(value: Any) -> bool:
    """Whether a value is a name as Gradio makes them, of a session or an event."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _unset(value: Any) -> bool:
    """Whether a value is that of a field which the page does not use."""
    return value is None or value is False


def _or_none(check: _Check) -> _Check:
    return lambda value: value is None or check(value)


_EVENT: Mapping[str, _Check] = {
    "data": lambda value: isinstance(value, list),
    "fn_index": _number,
    "session_hash": _or_none(_name),
    "event_id": _or_none(_name),
    "trigger_id": _or_none(_number),
    "simple_format": _unset,
    "batched": _unset,
    "oauth_token": _unset,
}
_CANCEL: Mapping[str, _Check] = {"session_hash": _name, "fn_index": _number, "event_id": _name}
_RESET: Mapping[str, _Check] = {"event_id": _name}
_FIELDS: Mapping[str, Mapping[str, _Check]] = {
    f"{PREFIX}/run/predict": _EVENT,
    f"{PREFIX}/queue/join": _EVENT,
    f"{PREFIX}/cancel": _CANCEL,
    f"{PREFIX}/reset": _RESET,
}
_NEEDED: Mapping[str, Collection[str]] = {
    f"{PREFIX}/run/predict": ("data", "fn_index"),
    f"{PREFIX}/queue/join": ("data", "fn_index"),
    f"{PREFIX}/cancel": _CANCEL,
    f"{PREFIX}/reset": _RESET,
}
"""Fields without which Gradio repeats a body in its refusal, whatever is in it."""


class EventBodies:
    """ASGI middleware; `events` are the page's, those with a handler have `fn`.

    It must stand inside the guard, which has limited the length of bodies.
    """

    def __init__(self, app: ASGIApp, events: Mapping[int, Any]) -> None:
        self._app = app
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if not path.startswith(PREFIX) or scope["method"] != "POST" or path == UPLOAD:
            await self._app(scope, receive, send)
            return
        body = await read(receive)
        fields = _FIELDS.get(path, {})
        value = _parsed(body, fields)
        whole = value is not None and value.keys() >= set(_NEEDED.get(path, ()))
        if value is None or not whole or (fields is _EVENT and not self._known(value)):
            refusal = {"code": 400, "message": str(words.ODD_REQUEST)}
            await JSONResponse(refusal, 400)(scope, receive, send)
            return
        await self._app(scope, Replay(body, receive), send)

    def _known(self, value: Mapping[str, Any]) -> bool:
        """Whether an event's body names one that the page has."""
        event = self._events.get(value["fn_index"])
        return event is not None and event.fn is not None


def _parsed(body: bytes, fields: Mapping[str, _Check]) -> Mapping[str, Any] | None:
    """A body that is an object of ordinary numbers and depth, with such fields if at all."""
    try:
        value = json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict) or not all(map(_possible, _within(value))):
        return None
    right = all(check(value[name]) for name, check in fields.items() if name in value)
    return value if right else None


def _refuse(constant: str) -> float:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def _within(value: Any) -> Iterator[tuple[int, Any]]:
    """Level and value of a value and all that is in it."""
    pending = [(1, value)]
    while pending:
        level, here = pending.pop()
        yield level, here
        if isinstance(here, (dict, list)):
            inner = here.values() if isinstance(here, dict) else here
            pending.extend((level + 1, one) for one in inner)


def _possible(found: tuple[int, Any]) -> bool:
    """Whether a value is not too deep, and names no file that no system could have."""
    level, value = found
    path = value.get("path") if isinstance(value, dict) else None
    impossible = isinstance(path, str) and ("\0" in path or len(path) > LONGEST_PATH)
    return level <= DEEPEST and not impossible
