"""Whether the browser that asked for something still waits for it."""

from __future__ import annotations

from gradio.context import LocalContext


def browser_waits() -> bool:
    """Whether the browser behind this thread's event is connected; True outside of events."""
    page, number = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if page is None or number is None:
        return True
    event = page._queue.event_ids_to_events.get(number)
    return event is None or event.alive
