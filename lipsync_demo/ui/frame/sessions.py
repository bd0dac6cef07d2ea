"""Gradio's sessions, which cost little and end.

Gradio describes all widgets anew for each session, for its deep links, which this page has not:
30 ms of the one thread that answers everybody, and 0.4 MB for good.
"""

from __future__ import annotations

import datetime
import time
from collections import ChainMap, OrderedDict
from copy import copy
from typing import TYPE_CHECKING, Any

from gradio import route_utils
from gradio.components import State
from gradio.state_holder import SessionState, StateHolder

if TYPE_CHECKING:
    import gradio as gr
    from gradio.routes import App

IDLE_SECONDS = 6 * 3600.0
"""Seconds after its last event that a session is forgotten; its page begins a new one."""

CLOSED_SECONDS = 3600.0
"""The same for one whose page was left, which its browser may open again."""

LOOK_SECONDS = 30.0
"""Seconds between looks for what has expired; Gradio asks each second."""


class Session(SessionState):
    """A session that knows no more than what its events have changed."""

    def __init__(self, blocks: gr.Blocks) -> None:
        shared = blocks.default_config
        self.blocks_config = copy(shared)
        changed: ChainMap[int, Any] = ChainMap({}, shared.blocks)
        self.blocks_config.blocks = changed  # type: ignore[assignment]
        self.blocks_config.fns = shared.fns
        self.config_values: dict[int, dict[str, Any]] = {}
        self.state_data: dict[int, Any] = {}
        self._state_ttl: dict[int, Any] = {}
        self.is_closed = False
        self.STATE_TTL_WHEN_CLOSED = int(CLOSED_SECONDS)
        self.used = time.monotonic()

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


class Sessions(StateHolder):
    """The sessions of a page, by the names that browsers give them."""

    session_data: OrderedDict[str, Session]  # type: ignore[assignment]

    def __init__(self, blocks: gr.Blocks) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._next_look = 0.0
        self.set_blocks(blocks)

    def __getitem__(self, session_id: str) -> SessionState:
        if session_id not in self.session_data:
            self.session_data[session_id] = Session(self.blocks)
        self.session_data[session_id].used = time.monotonic()
        return super().__getitem__(session_id)

    def delete_all_expired_state(self) -> None:
        """Forget expired values, and sessions that nobody uses any more."""
        now = time.monotonic()
        if now < self._next_look:
            return
        self._next_look = now + LOOK_SECONDS
        super().delete_all_expired_state()  # type: ignore[no-untyped-call]
        for name, session in list(self.session_data.items()):
            unused = now - session.used
            if unused > (CLOSED_SECONDS if session.is_closed else IDLE_SECONDS):
                with self.lock:
                    self.session_data.pop(name, None)
                    self.time_last_used.pop(name, None)


def keep_sessions(app: App) -> None:
    """Have an app that has its page, and no visitor yet, keep its sessions so."""
    app.state_holder = Sessions(app.get_blocks())
    # Of requests that name no session.
    vars(route_utils)["SessionState"] = Session
