"""Bodies of requests: read whole, replayed, or metered as they pass."""

from __future__ import annotations

import asyncio

from starlette.types import Message, Receive

PART_SECONDS = 10.0
"""Seconds within which the next part of a body must come."""

UPLOAD_SECONDS = 30.0
"""The same for an upload, which may come over a weak network."""

LEAST_PACE = 4096
"""Bytes a second that must have come on average once these seconds are over."""

LEAST_UPLOAD_PACE = 32 << 10
"""The same for an upload, for whose declared size room is kept while it comes."""


class TooLarge(Exception):  # noqa: N818
    """A body is longer than its limit."""


class TooSlow(Exception):  # noqa: N818
    """The rest of a body does not come."""


async def read(receive: Receive, limit: int | None = None) -> bytes:
    """The whole body of a request, of at most `limit` bytes.

    Raises:
        TooLarge: it is longer.
        TooSlow: its next part does not come.
    """
    body = bytearray()
    pace = _Pace(PART_SECONDS, LEAST_PACE)
    while True:
        message = await pace.next(receive)
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if limit is not None and len(body) > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return bytes(body)


class Replay:
    """Replays a body that was read already, then continues with `receive`."""

    def __init__(self, body: bytes, receive: Receive) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Message:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}


class Metered:
    """Streams an upload and enforces its limit, also without a declared length."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit
        self._whole = False
        self._pace = _Pace(UPLOAD_SECONDS, LEAST_UPLOAD_PACE)

    async def __call__(self) -> Message:
        # After the body comes only that the sender has hung up.
        if self._whole:
            return await self._receive()
        message = await self._pace.next(self._receive)
        self._whole = not message.get("more_body", False)
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise TooLarge
        return message


class _Pace:
    """Waits for the parts of a body as long as they come: each one, and all of them on average."""

    def __init__(self, seconds: float, least: int) -> None:
        self._seconds = seconds
        self._least = least
        self._began: float | None = None
        self._came = 0

    async def next(self, receive: Receive) -> Message:
        """The next part.

        Raises:
            TooSlow: it does not come, or all of them come one byte after the other.
        """
        now = asyncio.get_running_loop().time()
        if self._began is None:
            self._began = now
        ends = self._began + self._seconds + self._came / self._least
        try:
            message = await asyncio.wait_for(receive(), min(self._seconds, max(0.0, ends - now)))
        except asyncio.TimeoutError as error:
            raise TooSlow from error
        self._came += len(message.get("body", b""))
        return message
