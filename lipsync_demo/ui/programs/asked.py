"""What a program gives an endpoint, checked: it may give anything."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Any

from lipsync_demo.api.errors import ApiError
from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.folder import is_url
from lipsync_demo.ui.programs import words
from lipsync_demo.ui.programs.values import META, Upload

_ID = re.compile(r"[0-9a-f]{32}")


def upload(name: str, given: Any) -> Upload:
    """A file that was uploaded, or the address of one.

    Raises:
        ApiError: it is none.
    """
    if isinstance(given, str) and is_url(given):
        return Upload(given)
    path = given.get("path") if isinstance(given, dict) and given.get("meta") == META else None
    if not isinstance(path, str):
        raise _unfit(*words.no_file(name))
    called = given.get("orig_name")
    return Upload(path, called if isinstance(called, str) else "")


def text(name: str, given: Any) -> str | None:
    """A text; None without one.

    Raises:
        ApiError: it is something else.
    """
    if given is not None and not isinstance(given, str):
        raise _unfit(*words.no_text(name))
    return given or None


def choices(given: Any) -> dict[str, str]:
    """The model's further fields; empty without any.

    Raises:
        ApiError: they are no texts by their names.
    """
    if given is None:
        return {}
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise _unfit(*words.NO_CHOICES)
    return given


def own_id(name: str, given: Any) -> str | None:
    """An id that the program chose; None without one.

    Raises:
        ApiError: it is none.
    """
    told = text(name, given)
    if told is not None and not _ID.fullmatch(told):
        raise _unfit(*words.no_id(name))
    return told


def mode(given: Any) -> SyncMode | None:
    """A sync mode; None leaves it to the model.

    Raises:
        ApiError: there is no such mode.
    """
    if given is None:
        return None
    try:
        return SyncMode(given)
    except ValueError:
        raise _unfit(*words.no_mode(str(given), list(SyncMode))) from None


def modes(given: Any) -> tuple[SyncMode, ...]:
    """Different sync modes; all of them where none are given.

    Raises:
        ApiError: one of them does not exist.
    """
    if given is None or given == []:
        return tuple(SyncMode)
    listed = given if isinstance(given, list) else [given]
    return tuple(dict.fromkeys(found for one in listed if (found := mode(one)) is not None))


def _unfit(what: str, hint: str) -> ApiError:
    return ApiError(HTTPStatus.UNPROCESSABLE_ENTITY, what, hint)
