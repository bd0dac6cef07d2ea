"""Who asked for what a thread of the page works at, and whether they still wait for it."""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable

from anyio import from_thread
from gradio.context import LocalContext

from lipsync_demo.looks.turns import Behind
from lipsync_demo.ui.frame.visitor import visitor_of
from lipsync_demo.wavespeed.addresses import is_public


def browser_waits() -> bool:
    """Whether the browser behind this thread's event is connected; True outside of events."""
    page, number = LocalContext.blocks.get(None), LocalContext.event_id.get(None)
    if page is not None and number is not None:
        event = page._queue.event_ids_to_events.get(number)
        return event is None or event.alive
    asked = getattr(LocalContext.request.get(None), "request", None)
    if asked is None:
        return True
    try:
        return not from_thread.run(asked.is_disconnected)
    except (RuntimeError, AttributeError):  # no thread of the server's
        return True


def sender() -> Hashable:
    """Who is behind this thread's event: an address, or a visitor where it may be a proxy's.

    None outside of events.
    """
    asked = LocalContext.request.get(None)
    client = asked.request.client if asked is not None and asked.request else None
    if client is None:
        return None
    try:
        public = is_public(ipaddress.ip_address(client.host))
    except ValueError:
        public = False
    return client.host if public else Behind(client.host, visitor_of(asked).id)
