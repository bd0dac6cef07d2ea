"""How many connections the system lets this process have, and what is said once they are used."""

from __future__ import annotations

import asyncio
import errno
import logging
import sys
from typing import Any

WANTED = 65_536
"""Open files and connections that this process asks for; many systems give 1,024 unasked."""

QUIET_SECONDS = 60.0
"""Seconds in which the log says only once that there are no more."""

USED_UP = (errno.EMFILE, errno.ENFILE)

logger = logging.getLogger(__name__)


def raise_limit() -> int:
    """Ask the system for more open files; return how many there may be."""
    if sys.platform == "win32":
        return WANTED
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    given, most = (WANTED if end == resource.RLIM_INFINITY else end for end in (soft, hard))
    wanted = min(WANTED, most)
    if given < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return max(given, wanted)


class UsedUp:
    """A loop's handler of errors; asyncio tells of every connection that it cannot take."""

    def __init__(self) -> None:
        self._told: float | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError) or error.errno not in USED_UP:
            loop.default_exception_handler(context)
            return
        now = loop.time()
        if self._told is None or now - self._told >= QUIET_SECONDS:
            self._told = now
            logger.warning("No more connections can be taken: %s", error)
