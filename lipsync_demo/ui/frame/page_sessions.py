"""The sessions of open pages: each holds the files of its form, and goes soon after its page."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from gradio.blocks import Blocks
from gradio.state_holder import SessionState
from pydantic import SecretStr

from lipsync_demo.runs.record.visitor import acting
from lipsync_demo.ui.frame.sessions import Session, Sessions

BOUND = "lipsync_visitor"
"""Attribute of a Gradio session with the id of the visitor it belongs to."""

LEFT_SECONDS = 120.0
"""Seconds after which the session of a page that was left is forgotten."""

MOST, MOST_OF_ONE = 2_000, 64
"""Sessions kept of all visitors, and of one."""


class PageSession(Session):
    """What the server knows of one open page; `held` are the files in its form, by widget."""

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(blocks)
        self.held: dict[int, tuple[str, ...]] = {}

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


class PageSessions(Sessions):
    """The sessions of one page."""

    def __init__(self, blocks: Blocks, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(blocks)
        self._clock = clock
        self._beats: Counter[str] = Counter()
        self._used: dict[str, float] = {}

    def __getitem__(self, session_id: str) -> SessionState:
        with self.lock:
            if session_id not in self.session_data:
                self._make_room()
                self.session_data[session_id] = PageSession(self.blocks)
            self.session_data.move_to_end(session_id)
            self._used[session_id] = self._clock()
            return self.session_data[session_id]

    def serve(self, app: Any) -> None:
        """Take the place of the other sessions of Gradio's app."""
        app.state_holder = self
        self.set_blocks(self.blocks)

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

    def held(self) -> set[str]:
        """The files in the forms of all open pages."""
        states = list(self.session_data.values())
        return {
            path
            for state in states
            if isinstance(state, PageSession)
            for paths in list(state.held.values())
            for path in paths
        }

    def delete_all_expired_state(self) -> None:
        """Forget sessions whose pages were left, and what has had its time of the others."""
        now = self._clock()
        for name, state in list(self.session_data.items()):
            self.delete_state(name, expired_only=True)
            left = name not in self._beats and now - self._used.get(name, 0.0) > LEFT_SECONDS
            if left and not (isinstance(state, PageSession) and state.has_key):
                self._forget(name)

    def _forget(self, name: str) -> None:
        self.session_data.pop(name, None)
        self._used.pop(name, None)

    def _make_room(self) -> None:
        """Forget one session where there are too many: of a page that was left, if there is one."""
        visitor = acting()
        mine = [
            name
            for name, state in self.session_data.items()
            if visitor is not None and getattr(state, BOUND, None) == visitor.id
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
