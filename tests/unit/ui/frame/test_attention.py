"""Who asked, and whether they still wait."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import Any

import anyio
import gradio as gr
import pytest
from gradio.context import LocalContext
from starlette.requests import Request

from lipsync_demo.looks.turns import Behind
from lipsync_demo.runs.record.visitor import Visitor
from lipsync_demo.ui.frame.attention import browser_waits, sender
from lipsync_demo.ui.frame.visitor import SCOPE


@contextmanager
def within(**values: Any) -> Iterator[None]:
    names: dict[str, ContextVar[Any]] = {name: getattr(LocalContext, name) for name in values}
    tokens = [(name, name.set(values[said])) for said, name in names.items()]
    try:
        yield
    finally:
        for name, token in tokens:
            name.reset(token)


def asked(address: str, visitor: str = "", *, connected: bool = True) -> gr.Request:
    scope = {"type": "http", "client": (address, 1), SCOPE: Visitor(visitor), "headers": []}

    async def receive() -> dict[str, str]:
        if connected:
            await anyio.sleep_forever()
        return {"type": "http.disconnect"}

    return gr.Request(request=Request(scope, receive), session_hash="session")


@pytest.mark.parametrize("alive", [True, False])
def test_a_queued_event_ends_with_its_browser(alive: bool) -> None:
    events = {"7": SimpleNamespace(alive=alive)}
    page = SimpleNamespace(_queue=SimpleNamespace(event_ids_to_events=events))
    with within(blocks=page, event_id="7"):
        assert browser_waits() is alive


@pytest.mark.parametrize("connected", [True, False])
def test_an_event_outside_the_queue_ends_with_its_request(connected: bool) -> None:
    async def run() -> bool:
        with within(request=asked("127.0.0.1", connected=connected)):
            return await anyio.to_thread.run_sync(browser_waits)

    assert anyio.run(run) is connected


def test_outside_of_events_somebody_waits() -> None:
    assert browser_waits()
    with within(request=asked("127.0.0.1", connected=False)):
        assert browser_waits(), "no thread of the server's can ask"
    assert sender() is None


@pytest.mark.parametrize(
    ("address", "visitor", "known"),
    [
        ("8.8.8.8", "one", "8.8.8.8"),
        ("127.0.0.1", "one", Behind("127.0.0.1", "one")),
        ("10.0.0.1", "", Behind("10.0.0.1", "")),
        ("testclient", "one", Behind("testclient", "one")),
    ],
)
def test_a_sender_is_an_address_or_behind_a_proxy_a_visitor(
    address: str, visitor: str, known: str | Behind
) -> None:
    with within(request=asked(address, visitor)):
        assert sender() == known
