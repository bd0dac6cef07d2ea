"""Answers that wait until something is at rest: `Prefer: wait=30`, as RFC 7240 describes."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Final, TypeVar

from lipsync_demo.api.v1.work import at_work

MOST_WAITED: Final = 60
"""Seconds for which an answer waits at most."""

LOOK_SECONDS: Final = 0.25
"""Seconds between looks at what is waited for."""

_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\"?", re.IGNORECASE)

T = TypeVar("T")


def waited(prefer: str | None) -> int:
    """Seconds for which a request prefers to wait."""
    found = _WAIT.search(prefer or "")
    return min(int(found[1]), MOST_WAITED) if found else 0


async def settled(look: Callable[[], T], at_rest: Callable[[T], bool], seconds: float) -> T:
    """What `look` returns once it is at rest, or after so many seconds."""
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        seen = await at_work(look)
        if at_rest(seen) or asyncio.get_running_loop().time() >= ends:
            return seen
        await asyncio.sleep(LOOK_SECONDS)
