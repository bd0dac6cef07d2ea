"""Gradio's queue: visitors take turns in it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.queueing import Event, Queue
from gradio.routes import App

from lipsync_demo.access.asker import Asker
from lipsync_demo.ui.frame.asked import SCOPE
from lipsync_demo.ui.frame.turns import (
    ADDRESS_WAITING,
    MOST_QUEUED,
    MOST_WAITING,
    QueuedBlocks,
    TurnQueue,
)

LIMIT = 4


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> TurnQueue:
    made = TurnQueue(
        live_updates=False,
        concurrency_count=40,
        update_intervals=1,
        max_size=64,
        blocks=SimpleNamespace(),
        default_concurrency_limit=LIMIT,
    )
    made.active_jobs = [None] * 40

    async def pushed(self: Queue, body: Any, request: Any, username: Any) -> Any:
        fn: Any = SimpleNamespace(concurrency_id="look", concurrency_limit=LIMIT, connection="sse")
        self.create_event_queue_for_fn(fn)
        event = Event("session", fn, request, username)
        self.event_queue_per_concurrency_id["look"].queue.append(event)
        return True, event._id, "success"

    monkeypatch.setattr(Queue, "push", pushed)
    return made


def join(queue: TurnQueue, visitor: str, origin: str | None = None) -> bool:
    asked = Asker(visitor=visitor, origin=origin or visitor)
    request = SimpleNamespace(scope={SCOPE: asked})
    taken, _, why = asyncio.run(queue.push(None, request, None))
    assert why in ("success", "queue_full")
    return bool(taken)


def begin(queue: TurnQueue) -> str | None:
    """The visitor whose event is answered next, as Gradio would do it."""
    found = queue.get_events()
    if found is None:
        return None
    (event,), batch, name = found
    assert not batch
    queue.active_jobs[queue.active_jobs.index(None)] = [event]
    queue.event_queue_per_concurrency_id[name].current_concurrency += 1
    asked = event.request.scope[SCOPE]
    assert isinstance(asked, Asker)
    return asked.visitor


def end(queue: TurnQueue) -> None:
    at = next(n for n, job in enumerate(queue.active_jobs) if job)
    queue.active_jobs[at] = None
    queue.event_queue_per_concurrency_id["look"].current_concurrency -= 1


def test_sixty_four_joins_of_one_visitor_leave_others_their_turn(queue: TurnQueue) -> None:
    assert sum(join(queue, "anna") for _ in range(64)) == MOST_WAITING
    assert [begin(queue) for _ in range(4)] == ["anna", "anna", None, None]
    assert join(queue, "ben")
    assert join(queue, "ben")
    assert join(queue, "carl")
    assert [begin(queue), begin(queue), begin(queue)] == ["ben", "carl", None]
    end(queue)
    assert begin(queue) == "anna"
    end(queue)
    assert begin(queue) == "ben"
    assert len(queue) == MOST_WAITING - 3


def test_visitors_alternate_whatever_they_have_sent(queue: TurnQueue) -> None:
    for _ in range(6):
        join(queue, "anna")
    for _ in range(3):
        join(queue, "ben")
    order = []
    while (visitor := begin(queue)) is not None:
        order.append(visitor)
        end(queue)
    assert order == ["anna", "ben"] * 3 + ["anna"] * 3


def test_an_address_that_mints_visitors_leaves_room(queue: TurnQueue) -> None:
    minted = [join(queue, f"v{n}", "office") for n in range(64)]
    assert sum(minted) == ADDRESS_WAITING
    assert join(queue, "ben", "home")


def test_blocks_have_this_queue_without_an_application_for_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = []
    create = App.create_app
    monkeypatch.setattr(App, "create_app", lambda *a, **k: made.append(a) or create(*a, **k))
    with QueuedBlocks() as blocks:
        pass
    assert isinstance(blocks._queue, TurnQueue)
    assert blocks._queue.max_size == MOST_QUEUED
    assert not blocks.api_open
    assert len(made) == 1
