"""Where a list goes on, as it is sent."""

from __future__ import annotations

import base64
import binascii
import re
from http import HTTPStatus

from lipsync_demo.api.errors import ApiError
from lipsync_demo.runs.storage.record_table import Mark


def cursor_of(mark: Mark | None) -> str | None:
    """A place in a list, as it is sent; None at its end."""
    if mark is None:
        return None
    return base64.urlsafe_b64encode(f"{mark.created_us}.{mark.record_id}".encode()).decode()


def mark_of(cursor: str | None) -> Mark | None:
    """The place that was sent.

    Raises:
        ApiError: it is none.
    """
    if cursor is None:
        return None
    try:
        told = base64.b64decode(cursor, altchars=b"-_", validate=True).decode()
        found = re.fullmatch(r"(\d{1,18})\.([0-9a-z:.-]{1,64})", told, re.ASCII)
    except (binascii.Error, ValueError):
        found = None
    if found is None:
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "This cursor is none of this list.",
            "Use `next` of the part before, or none to begin.",
        )
    return Mark(int(found[1]), found[2])
