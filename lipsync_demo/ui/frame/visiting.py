"""Blocks that answer each event for the visitor who sent it.

The middleware in `ui/http/visitor.py` says of each request whose it is; an event is answered later,
on another thread, and carries its request along.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import gradio as gr

from lipsync_demo.runs.record.visitor import Visitor, acting, acting_as
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.sessions import BOUND, Session
from lipsync_demo.ui.frame.turns import QueuedBlocks
from lipsync_demo.ui.frame.visitor import visitor_of

if TYPE_CHECKING:
    from gradio.state_holder import SessionState


MOST_TAKEN = 10_000
"""Sessions of which it is kept whose they are before their first event is answered."""


class VisitedBlocks(QueuedBlocks):
    """Blocks whose events act for their visitor, and whose sessions belong to one each.

    A Gradio session has a name that its browser makes up and sends in addresses; a visitor's key
    is in the session.  So a session belongs to the first visitor with a cookie who used it.
    """

    @cached_property
    def _taken(self) -> OrderedDict[str, str]:
        """The ids of visitors by the names of their sessions, the latest last."""
        return OrderedDict()

    def belongs(self, session_hash: str, visitor: Visitor) -> bool:
        """Whether a Gradio session is this visitor's, whose it is now if it is new.

        It is new until its first request; its first event is answered later.  One of a browser
        that keeps no cookies stays so: its name is all that is known of it, and its next request
        may have a cookie that another tab was given.
        """
        held = self.state_holder.session_data.get(session_hash)
        found = getattr(held, BOUND, None) or self._taken.get(session_hash)
        if found is None and visitor.lasting:
            self._taken[session_hash] = found = visitor.id
            if len(self._taken) > MOST_TAKEN:
                self._taken.popitem(last=False)
        return found in (None, visitor.id)

    async def process_api(self, *positional: Any, **named: Any) -> dict[str, Any]:
        """Answer an event for the visitor of its request."""
        asked: Any = named.get("request")
        visitor = visitor_of(asked[0] if isinstance(asked, list) else asked)
        state = named.get("state")
        _bind(state, visitor)
        if isinstance(state, Session):
            state.hold(named["block_fn"].inputs, named.get("inputs") or ())
        with acting_as(visitor):
            answer: dict[str, Any] = await super().process_api(*positional, **named)
            return answer


def _bind(state: SessionState | None, visitor: Visitor) -> None:
    """Have a session belong to a visitor.

    Raises:
        gr.Error: it belongs to another one.
    """
    if state is None:
        return
    found = state.__dict__.get(BOUND)
    if found is None and visitor.lasting:
        state.__dict__[BOUND] = visitor.id
    elif found not in (None, visitor.id):
        raise gr.Error(words.OTHER_SESSION, print_exception=False)


def for_visitor(kept: gr.BrowserState) -> gr.BrowserState:
    """Have the id that a browser keeps count on its own machine only.

    For any other visitor it is the hash of the secret that no script can read or make up.
    """
    plain = kept.preprocess

    def told(payload: Any) -> Any:
        visitor = acting()
        return plain(payload) if visitor is None or visitor.operator else visitor.id

    kept.preprocess = told  # type: ignore[method-assign]
    return kept


def own_only(
    kept: gr.BrowserState, own: Callable[[Sequence[str], str], list[str]]
) -> gr.BrowserState:
    """Have a list of ids that a browser keeps hold only those which `own` says are its visitor's.

    `own` gets the ids and the visitor's id.
    """
    plain = kept.preprocess

    def told(payload: Any) -> Any:
        visitor, ids = acting(), plain(payload)
        if visitor is None or visitor.operator or not isinstance(ids, Sequence):
            return ids
        return own(ids, visitor.id)

    kept.preprocess = told  # type: ignore[method-assign]
    return kept
