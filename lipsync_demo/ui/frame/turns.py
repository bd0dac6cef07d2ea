"""Gradio's queue, in which visitors take turns.

Gradio answers events in the order they came, so whoever sends sixty of them has all others wait.
Here everybody's first event comes before anybody's second, nobody has more than half of an
event's threads, and nobody fills the queue.
"""

from __future__ import annotations

import random
from collections import Counter, OrderedDict
from typing import Any

import gradio as gr
from gradio.queueing import Event, EventQueue, Queue

from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.asked import asker_of

MOST_WAITING, ADDRESS_WAITING = 8, 24
"""Events of one visitor, and of everybody at one address, that may wait."""

MOST_KEPT = 1024
"""Visitors of whom it is kept when they had a turn."""

MOST_QUEUED = 64
"""Events of all visitors that may wait in Gradio's queue."""

PAUSE_SECONDS = 0.02
"""Seconds between polls of Gradio's queue; its default of 1 ms costs 6 % of a core at rest."""

ANSWERED_AT_ONCE = 4
"""Events with the same handler that are answered at the same time."""


class TurnQueue(Queue):
    """The queue of one page; none of its events may be one of Gradio's batches."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._turns: OrderedDict[str, int] = OrderedDict()
        self._turn = 0

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """Take an event in; refuse it if its sender has as many waiting as may be."""
        asker = asker_of(request)
        waiting = [asker_of(event.request) for event in self._waiting()]
        for mine, most in (("owner", MOST_WAITING), ("origin", ADDRESS_WAITING)):
            key = getattr(asker, mine, None)
            if key is not None and sum(getattr(a, mine, None) == key for a in waiting) >= most:
                return False, str(words.QUEUE_FULL), "queue_full"
        return await super().push(body, request, username)

    def get_events(self) -> tuple[list[Event], bool, str] | None:
        """The next event to be answered, as Gradio wants it; None if none may be."""
        names = list(self.event_queue_per_concurrency_id)
        random.shuffle(names)
        for name in names:
            line = self.event_queue_per_concurrency_id[name]
            event = self._next(name, line)
            if event is not None:
                line.queue.remove(event)
                self._had_turn(_key(event))
                return [event], False, name
        return None

    def compute_analytics_summary(self, records: Any) -> Any:
        """Gradio's figures of its events, for a page that is shut here: pandas after each event."""
        return self.cached_event_analytics_summary

    def forget(self, session_hash: str) -> None:
        """Let go of what Gradio keeps of a session; not while one of its events is answered."""
        told = self.pending_event_ids_session.get(session_hash, ())
        # Answers that nobody has fetched are let go of, too.
        if not any(event_id in self.event_ids_to_events for event_id in told):
            self.pending_messages_per_session.pop(session_hash, None)
            self.pending_event_ids_session.pop(session_hash, None)

    def _next(self, name: str, line: EventQueue) -> Event | None:
        limit = line.concurrency_limit
        if not line.queue or (limit is not None and line.current_concurrency >= limit):
            return None
        share = None if limit is None else max(1, limit // 2)
        answering = Counter(
            _key(event)
            for job in self.active_jobs
            for event in job or ()
            if event.concurrency_id == name
        )
        ready = [e for e in line.queue if share is None or answering[_key(e)] < share]
        # Python keeps the order of equals, which is that of their coming.
        return min(ready, key=lambda event: self._turns.get(_key(event), 0), default=None)

    def _waiting(self) -> list[Event]:
        return [e for line in self.event_queue_per_concurrency_id.values() for e in line.queue]

    def _had_turn(self, key: str) -> None:
        self._turn += 1
        self._turns[key] = self._turn
        self._turns.move_to_end(key)
        while len(self._turns) > MOST_KEPT:
            self._turns.popitem(last=False)


class QueuedBlocks(gr.Blocks):
    """Blocks that have this queue from the start."""

    def queue(self, *_given: Any, **_named: Any) -> QueuedBlocks:
        """Take a new queue.

        Gradio's own makes its whole web application anew, though each launch does so, too.
        """
        self.api_open = False
        self._queue = TurnQueue(
            live_updates=True,
            concurrency_count=self.max_threads,
            update_intervals=1,
            max_size=MOST_QUEUED,
            blocks=self,
            default_concurrency_limit=ANSWERED_AT_ONCE,
        )
        self._queue.sleep_when_free = PAUSE_SECONDS
        return self

    def waits(self, session_hash: str) -> bool:
        """Whether a session has sent an event whose answers are kept for it."""
        return session_hash in self._queue.pending_messages_per_session


def _key(event: Event) -> str:
    """Whose an event is: a visitor's, else an address's, else a Gradio session's."""
    asker = asker_of(event.request)
    return (asker and (asker.owner or asker.origin)) or event.session_hash
