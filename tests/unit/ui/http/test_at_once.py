"""Room for requests: others' are answered while one sender's wait."""

from __future__ import annotations

import asyncio

import pytest

from lipsync_demo.ui.http.at_once import WAITING, AtOnce, TooManyWaiting


def test_one_sender_s_requests_wait_and_another_s_do_not() -> None:
    async def check() -> None:
        rooms, inside, done = AtOnce(), [], asyncio.Event()

        async def request(name: str) -> None:
            async with rooms.room([(name, 2), ("office", 5)]):
                inside.append(name)
                await done.wait()

        many = [asyncio.create_task(request("anna")) for _ in range(10)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        other = asyncio.create_task(request("ben"))
        for _ in range(5):
            await asyncio.sleep(0)
        assert inside == ["anna", "anna", "ben"]
        done.set()
        await asyncio.gather(*many, other)
        assert len(inside) == 11
        assert not rooms._room
        assert not rooms._inside

    asyncio.run(check())


def test_who_has_too_many_waiting_is_refused() -> None:
    async def check() -> None:
        rooms, done = AtOnce(), asyncio.Event()

        async def request() -> None:
            async with rooms.room([("anna", 1)]):
                await done.wait()

        tasks = [asyncio.create_task(request()) for _ in range(1 + WAITING)]
        await asyncio.sleep(0)
        with pytest.raises(TooManyWaiting):
            await request()
        done.set()
        await asyncio.gather(*tasks)
        async with rooms.room([("anna", 1)]):
            pass

    asyncio.run(check())
