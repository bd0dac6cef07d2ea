"""Ids of runs and groups in the browser: 32 hexadecimal digits each."""

from __future__ import annotations

import re

KEPT = 500
"""Maximum number of ids stored in a browser."""

RUN_ID = re.compile(r"[0-9a-f]{32}")
"""Form of an id."""


def run_id(text: object) -> str | None:
    """The run id in a text: the id itself or a URL that contains it; None without one."""
    found = RUN_ID.search(text.lower()) if isinstance(text, str) else None
    return found.group() if found else None


def remembered(ids: object, new: str | None = None) -> list[str]:
    """Return a browser's ids: only well-formed ones, newest first, at most `KEPT`."""
    listed = [new, *ids] if isinstance(ids, list) else [new]
    kept = dict.fromkeys(i for i in listed if isinstance(i, str) and RUN_ID.fullmatch(i))
    return list(kept)[:KEPT]
