"""Server-sent events about a run or a group, until it is at rest.

Each event is the whole of what is known, so whoever missed some has missed nothing; its id names
that state, and a reader that comes back with it as `Last-Event-ID` gets what is newer.  What is
deleted meanwhile ends with a `refusal`.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable
from typing import Final

from pydantic import BaseModel
from starlette.responses import StreamingResponse

from lipsync_demo.api.v1.work import at_work
from lipsync_demo.errors import ExplainedError

LOOK_SECONDS: Final = 0.4
"""Seconds between looks."""

SILENT_SECONDS: Final = 15.0
"""Seconds after which a comment is sent, so that nobody between takes the connection for dead."""

RETRY_MS: Final = 2000
"""After how many milliseconds a reader comes back."""

REFUSED: Final = "refusal"
"""Name of the event that says why there are no more."""

Look = Callable[[], tuple[BaseModel, bool]]


def stream(look: Look, last: str | None) -> StreamingResponse:
    """The events; `look` returns what is known, and whether it goes on."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_events(look, last), headers=headers, media_type="text/event-stream")


async def _events(look: Look, last: str | None) -> AsyncIterator[str]:
    loop = asyncio.get_running_loop()
    seen, told_at = last, loop.time()
    while True:
        try:
            view, active = await at_work(look)
        except ExplainedError as error:  # it was deleted, or the database is away
            told = json.dumps({"what": str(error.what), "hint": str(error.hint)})
            yield f"event: {REFUSED}\ndata: {told}\n\n"
            return
        data = view.model_dump_json()
        name = hashlib.sha256(data.encode()).hexdigest()[:32]
        if name != seen:
            kind = "progress" if active else "end"
            yield f"retry: {RETRY_MS}\nid: {name}\nevent: {kind}\ndata: {data}\n\n"
            seen, told_at = name, loop.time()
        if not active:
            return
        if loop.time() - told_at > SILENT_SECONDS:
            yield ": waiting\n\n"
            told_at = loop.time()
        await asyncio.sleep(LOOK_SECONDS)
