"""Uploads leave the page to whoever else asks for something."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest
from starlette.types import Message, Receive, Scope, Send

from lipsync_demo.ui.http.guard import UPLOAD, PageGuard
from lipsync_demo.ui.http.precedence import PACE as PACE_OF_ALL
from lipsync_demo.ui.http.precedence import Precedence

PART = b"x" * 100_000
PACE = 1_000_000
"""Bytes a second: a part takes a tenth of a second."""

RECENT = 0.2


class Hurried(asyncio.SelectorEventLoop):
    """An event loop whose clock stands still while something is done, and jumps over pauses."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0
        select = self._selector.select

        def jump(seconds: float | None = None) -> list[object]:
            self._now += seconds or 0.0
            return select(0)

        self._selector.select = jump

    def time(self) -> float:
        return self._now


def run(act: Awaitable[None]) -> None:
    loop = Hurried()
    try:
        loop.run_until_complete(act)
    finally:
        loop.close()


async def _part() -> Message:
    return {"type": "http.request", "body": PART, "more_body": True}


async def _uploaded(precedence: Precedence, uploads: int, parts: int) -> float:
    """Seconds in which as many uploads of so many parts come at once."""

    async def upload() -> None:
        receive = precedence.after_others(_part)
        for _ in range(parts):
            await receive()

    began = asyncio.get_running_loop().time()
    await asyncio.gather(*(upload() for _ in range(uploads)))
    return asyncio.get_running_loop().time() - began


async def _ask(precedence: Precedence) -> None:
    while True:
        with precedence.asking():
            await asyncio.sleep(0.02)


def test_uploads_share_one_pace_while_somebody_asks() -> None:
    async def act() -> None:
        precedence = Precedence(PACE, RECENT)
        asking = asyncio.create_task(_ask(precedence))
        await asyncio.sleep(0)
        assert await _uploaded(precedence, uploads=2, parts=3) == pytest.approx(0.6)
        asking.cancel()

    run(act())


def test_a_request_has_precedence_a_little_after_its_answer() -> None:
    async def act() -> None:
        precedence = Precedence(PACE, RECENT)
        with precedence.asking():
            await asyncio.sleep(1.0)
        await asyncio.sleep(RECENT * 0.9)
        assert await _uploaded(precedence, uploads=1, parts=1) == pytest.approx(0.1)

    run(act())


def test_uploads_take_what_nobody_else_needs() -> None:
    async def act() -> None:
        precedence = Precedence(PACE, RECENT)
        assert await _uploaded(precedence, uploads=2, parts=20) == 0.0
        with precedence.asking():
            await asyncio.sleep(0.02)
        await asyncio.sleep(RECENT * 1.1)
        assert await _uploaded(precedence, uploads=2, parts=20) == 0.0

    run(act())


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_guard_has_uploads_wait_for_every_other_request(method: str) -> None:
    """An upload that comes beside a request which is in work takes as long as its pace wants."""
    came: list[float] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != UPLOAD:
            await asyncio.sleep(1.0)
            return
        while (await receive())["more_body"]:
            pass
        came.append(asyncio.get_running_loop().time())

    async def ask(guard: PageGuard, method: str, path: str, bodies: list[bytes]) -> None:
        parts = iter(bodies)

        async def receive() -> Message:
            body = next(parts)
            return {"type": "http.request", "body": body, "more_body": body is not bodies[-1]}

        async def send(message: Message) -> None:
            raise AssertionError(message)

        scope = {"type": "http", "method": method, "path": path, "headers": []}
        await guard(scope, receive, send)

    async def act() -> None:
        guard = PageGuard(app, upload_bytes=1 << 30)
        other = ask(guard, method, "/", [b"{}"])
        upload = ask(guard, "POST", UPLOAD, [bytes(PACE_OF_ALL // 4), bytes(PACE_OF_ALL // 8)])
        await asyncio.gather(other, upload)

    run(act())
    assert came == [pytest.approx(0.375)]


def test_parts_pass_whole_and_in_order() -> None:
    async def act() -> None:
        bodies = iter([b"first", b"", b"last"])

        async def receive() -> Message:
            return {"type": "http.request", "body": next(bodies), "more_body": True}

        precedence = Precedence(PACE)
        after = precedence.after_others(receive)
        with precedence.asking():
            assert [(await after())["body"] for _ in range(3)] == [b"first", b"", b"last"]

    run(act())
