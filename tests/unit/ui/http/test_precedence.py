"""Uploads leave the page to whoever else asks for something."""

from __future__ import annotations

import asyncio

from starlette.types import Message

from lipsync_demo.ui.http.precedence import Precedence

PART = b"x" * 100_000
PACE = 1_000_000
"""Bytes a second: a part takes a tenth of a second."""


async def _part() -> Message:
    return {"type": "http.request", "body": PART, "more_body": True}


def _seconds(parts: int, uploads: int, *, beside: bool, ago: float = 0.0) -> float:
    """How long uploads of so many parts take, beside a request or some time after it."""

    async def all_of_them() -> float:
        precedence = Precedence(PACE, recent_seconds=0.2)
        loop = asyncio.get_running_loop()

        async def upload() -> None:
            receive = precedence.after_others(_part)
            for _ in range(parts):
                await receive()

        async def ask() -> None:
            while True:
                with precedence.asking():
                    await asyncio.sleep(0.02)

        asking = asyncio.create_task(ask())
        await asyncio.sleep(0)
        if not beside:
            asking.cancel()
        await asyncio.sleep(ago)
        began = loop.time()
        await asyncio.gather(*(upload() for _ in range(uploads)))
        asking.cancel()
        return loop.time() - began

    return asyncio.run(all_of_them())


def test_uploads_share_one_pace_while_somebody_asks() -> None:
    assert _seconds(3, uploads=2, beside=True) >= 0.6


def test_a_request_has_precedence_a_little_after_its_answer() -> None:
    assert _seconds(1, uploads=1, beside=False) >= 0.1


def test_uploads_take_what_nobody_else_needs() -> None:
    assert _seconds(20, uploads=2, beside=False, ago=0.25) < 20 * len(PART) / PACE


def test_parts_pass_whole_and_in_order() -> None:
    async def taken() -> list[bytes]:
        bodies = iter([b"first", b"", b"last"])

        async def receive() -> Message:
            return {"type": "http.request", "body": next(bodies), "more_body": True}

        precedence = Precedence(PACE)
        after = precedence.after_others(receive)
        with precedence.asking():
            return [(await after())["body"] for _ in range(3)]

    assert asyncio.run(taken()) == [b"first", b"", b"last"]
