"""Codes are tried one after the other, those of addresses that tried least first."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from lipsync_demo.ui.http.at_once import TooManyWaiting
from lipsync_demo.ui.http.code_turns import OF_ONE, WAITING, CodeTurns


class Tried:
    """Codes that wait while the first is checked; `done` are those that were checked, in order."""

    def __init__(self) -> None:
        self.turns, self.done, self.refused = CodeTurns(), list[str](), list[str]()
        self.checked = asyncio.Event()

    async def code(self, address: str) -> None:
        try:
            async with self.turns.turn(address):
                await self.checked.wait()
                self.done.append(address)
        except TooManyWaiting:
            self.refused.append(address)

    async def come(self, *addresses: str) -> list[asyncio.Task[None]]:
        tasks = [asyncio.create_task(self.code(one)) for one in addresses]
        await asyncio.sleep(0)
        return tasks


def played(scene: Callable[[Tried], Awaitable[None]]) -> Tried:
    async def whole() -> Tried:
        tried = Tried()
        await scene(tried)
        tried.checked.set()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.wait_for(asyncio.gather(*others, return_exceptions=True), 30)
        return tried

    return asyncio.run(whole())


def test_a_new_address_goes_before_those_that_go_on_trying() -> None:
    strangers = [f"stranger {number}" for number in range(150)]

    async def scene(tried: Tried) -> None:
        for _ in range(3):
            await tried.come(*strangers)
        await tried.come("anna")

    tried = played(scene)
    assert tried.done[:2] == ["stranger 0", "anna"]
    assert len(tried.done) <= WAITING + 1
    assert len(tried.done) + len(tried.refused) == 451


def test_one_address_leaves_places_to_others() -> None:
    async def scene(tried: Tried) -> None:
        await tried.come(*["office"] * (OF_ONE + 3))
        await tried.come("home")

    tried = played(scene)
    assert tried.refused == ["office"] * 2
    assert tried.done == ["office", "home", *["office"] * OF_ONE]


def test_a_right_code_makes_an_address_new_again() -> None:
    async def scene(tried: Tried) -> None:
        await tried.come("office", "office")
        tried.turns.entered("office")
        await tried.come("home")
        await tried.come("office")

    # Of two new ones the last to come, then the one of before.
    assert played(scene).done == ["office", "office", "home", "office"]


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_whoever_hangs_up_holds_nobody_up(gone: int) -> None:
    async def scene(tried: Tried) -> None:
        tasks = await tried.come("a", "b", "c")
        tasks[gone].cancel()
        tried.checked.set()
        await tried.come("d")

    tried = played(scene)
    assert sorted(tried.done) == sorted({"a", "b", "c", "d"} - {"abc"[gone]})
