"""How many sessions one sender has opened: nobody takes the room of all others."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Scope, Send

MOST: Final = 200
"""Sessions of one token that are open, by what is known of them."""

SESSION: Final = "mcp-session-id"
"""Header with the session of a request, or of the answer that opened it."""


class Openings:
    """The sessions that were opened within `seconds` and not ended by their clients.

    One that is used for longer is not counted any more: who uses theirs opens few.
    """

    def __init__(self, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._opened: dict[str, dict[str, float]] = {}

    def full(self, owner: str) -> bool:
        """Whether an owner has opened as many as may be."""
        since = self._clock() - self._seconds
        kept = {s: at for s, at in self._opened.pop(owner, {}).items() if at > since}
        if kept:
            self._opened[owner] = kept
        return len(kept) >= MOST

    def watched(self, owner: str, scope: Scope, send: Send) -> Send:
        """`send`, which takes note of a session that is opened or ended."""
        named = Headers(scope=scope).get(SESSION, "")

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                if scope["method"] == "DELETE":
                    self._opened.get(owner, {}).pop(named, None)
                elif not named and (opened := Headers(raw=message["headers"]).get(SESSION)):
                    self._opened.setdefault(owner, {})[opened] = self._clock()
            await send(message)

        return told


def opens(scope: Scope) -> bool:
    """Whether a request may open a session."""
    return scope["method"] == "POST" and SESSION not in Headers(scope=scope)
