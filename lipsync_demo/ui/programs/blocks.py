"""Blocks whose events are the public endpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

import gradio as gr

from lipsync_demo.access.asker import asking
from lipsync_demo.access.bearer import SCOPE as TOKEN
from lipsync_demo.access.bearer import bearing
from lipsync_demo.access.doors import GRADIO as DOOR
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.asked import asker_of
from lipsync_demo.ui.frame.failures import explained, sanitised
from lipsync_demo.ui.frame.visiting import VisitedBlocks
from lipsync_demo.ui.http.guard import PREFIX
from lipsync_demo.ui.programs.values import Made

WAITING = 128
"""Calls that may wait for their runs at the same time."""

ANSWERING = 32
"""Other calls that may be answered at the same time."""

NEWS_SECONDS = 0.1
"""Seconds between two looks for progress that a caller is to be told."""

_waits: ContextVar[Callable[[], bool]] = ContextVar("waits")


def caller_waits() -> bool:
    """Whether somebody still waits for the answer of this call."""
    return _waits.get(lambda: True)()


class ProgramBlocks(VisitedBlocks):
    """Blocks for Gradio's clients.

    A call waits for its run without a thread: these blocks have a queue of their own, in which
    only the number of calls is limited.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.max_threads = WAITING + ANSWERING
        self.queue()
        # Gradio looks for news a hundred times a second.
        self._queue.progress_update_sleep_when_free = NEWS_SECONDS

    def get_config_file(self) -> Any:
        """Gradio's description, with the prefix that clients put before its paths."""
        return {**super().get_config_file(), "api_prefix": f"{DOOR}{PREFIX}"}

    def inputs_of(self, name: str) -> Mapping[str, bool] | None:
        """The inputs of an endpoint, and whether each is needed; None without such an endpoint."""
        told = self._named.get(f"/{name}")
        return told and {
            one["parameter_name"]: not one["parameter_has_default"] for one in told["parameters"]
        }

    def owes(self, event_id: str) -> bool:
        """Whether a call without a session is still to be told its answer."""
        return event_id in self._queue.pending_event_ids_session.get(event_id, ())

    @cached_property
    def _named(self) -> Mapping[str, Any]:
        named: Mapping[str, Any] = self.get_api_info()["named_endpoints"]
        return named

    async def process_api(self, *positional: Any, **named: Any) -> dict[str, Any]:
        """Answer a call for the one who sent it."""
        request = named.get("request")
        asked = request[0] if isinstance(request, list) and request else request
        named["inputs"] = sanitised(named.get("inputs"))
        event = self._queue.event_ids_to_events.get(named.get("event_id") or "")
        try:
            with asking(asker_of(asked)), bearing(_token_of(asked)), _waited_for(event):
                answer: dict[str, Any] = await super().process_api(*positional, **named)
                return answer
        except Exception as error:
            raise explained(error, asked) from error

    async def preprocess_data(
        self, block_fn: Any, inputs: list[Any], *_others: Any, **_named: Any
    ) -> list[Any]:
        """The values as they were sent: Gradio would open paths and fetch addresses in them.

        Raises:
            gr.Error: there are more than the endpoint takes.
        """
        missing = len(block_fn.inputs) - len(inputs)
        if missing < 0:
            raise gr.Error(words.ODD_REQUEST)
        return [*inputs, *([None] * missing)]

    async def postprocess_data(self, *positional: Any) -> list[Any]:
        """What an endpoint returned, as clients know it."""
        return [_told(value) for value in await super().postprocess_data(*positional)]


def _token_of(request: Any) -> Any:
    inner = getattr(request, "request", None) or request
    return (getattr(inner, "scope", None) or {}).get(TOKEN)


@contextmanager
def _waited_for(event: Any) -> Iterator[None]:
    token = _waits.set(lambda: event is None or event.alive)
    try:
        yield
    finally:
        _waits.reset(token)


def _told(value: Any) -> Any:
    if isinstance(value, Made):
        return value.told()
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_told(one) for one in value]
    return value
