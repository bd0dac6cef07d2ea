"""Uploads give way to everything else that is asked.

A few large uploads over a fast network would keep the event loop and the interpreter's lock busy,
and others' clicks would wait between their parts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from starlette.types import Message, Receive

PACE = 40 << 20
"""Bytes a second of all uploads together while others ask for something."""

RECENT_SECONDS = 0.5
"""Seconds after a request for which its sender may be about to ask again."""


class Precedence:
    """Whether anybody asks for something; all of it is called in one event loop."""

    def __init__(self, pace: float = PACE, recent_seconds: float = RECENT_SECONDS) -> None:
        self._pace = pace
        self._recent = recent_seconds
        self._asked = float("-inf")
        self._free = 0.0

    @contextmanager
    def asking(self) -> Iterator[None]:
        """A request that goes before uploads, also a little after its answer."""
        self._asked = asyncio.get_running_loop().time()
        try:
            yield
        finally:
            self._asked = asyncio.get_running_loop().time()

    def after_others(self, receive: Receive) -> Receive:
        """The parts of an upload, at the pace of all of them while others ask."""

        async def received() -> Message:
            message = await receive()
            now = asyncio.get_running_loop().time()
            if now - self._asked < self._recent:
                self._free = max(now, self._free) + len(message.get("body", b"")) / self._pace
                await asyncio.sleep(self._free - now)
            return message

        return received
