"""The sessions of open pages, which cost little, hold the files of their forms, and end.

Gradio describes all widgets anew for each session, for its deep links, which this page has not:
30 ms of the one thread that answers everybody, and 0.4 MB for good.
"""

from __future__ import annotations

import datetime
import time
from collections import ChainMap, Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any

from gradio import route_utils
from gradio.blocks import Blocks
from gradio.components import State
from gradio.state_holder import SessionState, StateHolder
from pydantic import SecretStr

from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.ui.frame.turns import TurnQueue

BOUND = "lipsync_visitor"
"""Attribute of a Gradio session with the id of the visitor it belongs to."""

LEFT_SECONDS = 120.0
"""Seconds after which the session of a page that was left is forgotten."""

CLOSED_SECONDS = 3600
"""Seconds after which the values of a page that was left are, such as a visitor's key."""

MOST, MOST_OF_ONE = 2_000, 64
"""Sessions kept of all visitors, and of one."""


class Session(SessionState):
    """What the server knows of one open page: no more than what its events have changed.

    `held` are the files in its form, by widget.
    """

    def __init__(self, blocks: Blocks) -> None:
        shared = blocks.default_config
        self.blocks_config = copy(shared)
        changed: ChainMap[int, Any] = ChainMap({}, shared.blocks)
        self.blocks_config.blocks = changed  # type: ignore[assignment]
        self.blocks_config.fns = shared.fns
        self.config_values: dict[int, dict[str, Any]] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = CLOSED_SECONDS
        self.held: dict[int, tuple[str, ...]] = {}

    def __setitem__(self, key: int, value: Any) -> None:
        block = self.blocks_config.blocks.get(key)
        if isinstance(block, State):
            self._state_ttl[key] = (block.time_to_live, datetime.datetime.now())  # noqa: DTZ005 - Gradio's way
            self.state_data[key] = value
        else:
            self.blocks_config.blocks[key] = value

    def _update_config(self, key: int) -> None:
        pass

    def _update_value_in_config(self, key: int, value: Any) -> None:
        pass

    def hold(self, widgets: Sequence[Any], values: Sequence[Any]) -> None:
        """Keep in mind which files the page says its widgets hold."""
        for widget, value in zip(widgets, values, strict=False):
            paths = tuple(_paths(value))
            if paths:
                self.held[widget._id] = paths
            else:
                self.held.pop(widget._id, None)

    @property
    def has_key(self) -> bool:
        """Whether a visitor's own key is in it."""
        return any(isinstance(value, SecretStr) for value in self.state_data.values())


class Sessions(StateHolder):
    """The sessions of one page."""

    session_data: OrderedDict[str, Session]  # type: ignore[assignment]

    def __init__(self, blocks: Blocks, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.set_blocks(blocks)
        self._clock = clock
        self._beats: Counter[str] = Counter()
        self._used: dict[str, float] = {}

    def __getitem__(self, session_id: str) -> SessionState:
        with self.lock:
            if session_id not in self.session_data:
                self._make_room()
                self.session_data[session_id] = Session(self.blocks)
            self.session_data.move_to_end(session_id)
            self._used[session_id] = self._clock()
            return self.session_data[session_id]

    def serve(self, app: Any) -> None:
        """Take the place of the sessions of an app that has its page, and no visitor yet."""
        app.state_holder = self
        self.set_blocks(self.blocks)
        # Of requests that name no session.
        vars(route_utils)["SessionState"] = Session

    @contextmanager
    def open(self, session_id: str) -> Iterator[None]:
        """Keep a session for as long as its page is open."""
        self._beats[session_id] += 1
        try:
            yield
        finally:
            self._beats[session_id] -= 1
            if not self._beats[session_id]:
                del self._beats[session_id]
            if session_id in self._used:
                self._used[session_id] = self._clock()

    @property
    def open_pages(self) -> int:
        """How many pages are open."""
        return len(self._beats)

    def held(self) -> set[str]:
        """The files in the forms of all open pages."""
        return {
            path
            for session in list(self.session_data.values())
            for paths in list(session.held.values())
            for path in paths
        }

    def delete_all_expired_state(self) -> None:
        """Forget sessions whose pages were left, and what has had its time of the others."""
        now = self._clock()
        for name, session in list(self.session_data.items()):
            self.delete_state(name, expired_only=True)
            left = name not in self._beats and now - self._used.get(name, 0.0) > LEFT_SECONDS
            if left and not session.has_key:
                self._forget(name)

    def _forget(self, name: str) -> None:
        self.session_data.pop(name, None)
        self._used.pop(name, None)
        queue = self.blocks._queue
        if isinstance(queue, TurnQueue):
            queue.forget(name)

    def _make_room(self) -> None:
        """Forget one session where there are too many: of a page that was left, if there is one."""
        visitor = acting()
        mine = [
            name
            for name, session in self.session_data.items()
            if visitor is not None and getattr(session, BOUND, None) == visitor.id
        ]
        for names, most in ((mine, MOST_OF_ONE), (list(self.session_data), MOST)):
            if len(names) >= most:
                self._forget(next((name for name in names if name not in self._beats), names[0]))


def _paths(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str):
            yield path
    elif isinstance(value, list):
        for one in value:
            yield from _paths(one)
