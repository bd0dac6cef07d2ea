"""One address does not take everybody's connections."""

from __future__ import annotations

import asyncio
import errno
import logging
import resource
import socket
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from lipsync_demo.ui.http import handles
from lipsync_demo.ui.http.crowding import PART, PerAddress, network
from lipsync_demo.ui.http.handles import UsedUp, raise_limit


class Asked:
    """Requests to an app that answers when it is told to."""

    def __init__(self, most: int) -> None:
        self.told = asyncio.Event()
        self._app = PerAddress(self._answer, most * PART)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.told.wait()
        await PlainTextResponse("whole")(scope, receive, send)

    def ask(self, address: str) -> asyncio.Task[int]:
        return asyncio.create_task(self._status(address))

    async def _status(self, address: str) -> int:
        answered: list[Message] = []

        async def send(message: Message) -> None:
            answered.append(message)

        async def receive() -> Message:
            return {"type": "http.disconnect"}

        scope: dict[str, Any] = {"type": "http", "client": (address, 1), "headers": []}
        await self._app(scope, receive, send)
        if answered[0]["status"] == 503:
            assert (b"connection", b"close") in answered[0]["headers"]
        return int(answered[0]["status"])


def test_what_exceeds_an_address_s_part_is_refused_and_nobody_else() -> None:
    async def crowd() -> tuple[list[int], list[int]]:
        asked = Asked(most=4)
        at_once = [asked.ask("2001:db8::1" if n % 2 else "2001:db8::2") for n in range(10)]
        other = asked.ask("2001:db8:0:1::1")
        await asyncio.sleep(0)
        asked.told.set()
        first = await asyncio.gather(*at_once, other)
        return first, await asyncio.gather(*(asked.ask("2001:db8::1") for _ in range(4)))

    first, later = asyncio.run(crowd())
    assert first == [200] * 4 + [503] * 6 + [200]
    assert later == [200] * 4


def test_an_address_is_a_network_where_one_has_many() -> None:
    assert network("203.0.113.5") == "203.0.113.5/32"
    assert network("2001:db8::1") == network("2001:db8::ffff:1") == "2001:db8::/64"
    assert network("testclient") is None


def test_this_process_asks_for_as_many_connections_as_it_may_have() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        given = raise_limit()
        assert given == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert given == min(handles.WANTED, before[1])
        assert raise_limit() == given
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_the_log_says_once_that_there_are_no_more(caplog: pytest.LogCaptureFixture) -> None:
    async def refuse() -> None:
        loop, handler = asyncio.get_running_loop(), UsedUp()
        for _ in range(50):
            handler(loop, {"message": "accept", "exception": OSError(errno.EMFILE, "Too many")})

    with caplog.at_level(logging.WARNING):
        asyncio.run(refuse())
    assert [record.message for record in caplog.records] == [
        "No more connections can be taken: [Errno 24] Too many"
    ]


def test_other_errors_are_told_as_ever() -> None:
    told: list[dict[str, Any]] = []

    class Loop(asyncio.SelectorEventLoop):
        def default_exception_handler(self, context: dict[str, Any]) -> None:
            told.append(context)

    loop = Loop()
    context = {"message": "odd", "exception": socket.gaierror("odd")}
    UsedUp()(loop, context)
    loop.close()
    assert told == [context]
