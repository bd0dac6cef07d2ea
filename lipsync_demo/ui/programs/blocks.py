"""Blocks whose events are the public endpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, partial
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

END_SECONDS = 1.5
"""Seconds that calls which wait for their runs have to say that the app ends."""


SAID_SECONDS = 0.1
"""Seconds in which what was said is sent."""


class Ending(Exception):  # noqa: N818
    """The app ends while a call waits for its run, which goes on when it is started again."""


_waits: ContextVar[Callable[[], bool]] = ContextVar("waits")


def caller_waits() -> bool:
    """Whether somebody still waits for the answer of this call.

    Raises:
        Ending: somebody does, and the app ends.
    """
    return _waits.get(lambda: True)()


class ProgramBlocks(VisitedBlocks):
    """Blocks for Gradio's clients.

    A call waits for its run without a thread: these blocks have a queue of their own, in which
    only the number of calls is limited.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.ends = False
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
            waits = partial(self._waited_for, event)
            with asking(asker_of(asked)), bearing(_token_of(asked)), _waiting(waits):
                answer: dict[str, Any] = await super().process_api(*positional, **named)
                return answer
        except Exception as error:
            raise explained(error, asked) from error

    def end(self) -> None:
        """Have all calls that wait for their runs end, and let them say so."""
        self.ends = True
        ends, told = time.monotonic() + END_SECONDS, not any(self._queue.active_jobs)
        while not told and time.monotonic() < ends:
            told = not any(self._queue.active_jobs)
            time.sleep(SAID_SECONDS)
        self.close(verbose=False)

    def _waited_for(self, event: Any) -> bool:
        waits = event is None or bool(event.alive)
        if waits and self.ends:
            raise Ending
        return waits

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
def _waiting(waits: Callable[[], bool]) -> Iterator[None]:
    token = _waits.set(waits)
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
