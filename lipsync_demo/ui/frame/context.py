"""Shared by all views of the page: services, hidden widgets, event options."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import gradio as gr
from gradio.blocks import Block

from lipsync_demo.markup.player_sources import Link
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import visiting, words
from lipsync_demo.ui.frame.ids import remembered, run_id
from lipsync_demo.ui.frame.pace import SHORTEST, Pace

KEY_SECONDS = 3600
"""Seconds a visitor's key stays in this server's memory after its last use."""

POLL_SECONDS = SHORTEST
"""Seconds between polls of active runs, until many pages poll."""

STORAGE = "lipsync-demo-runs"
"""Browser storage key of the run ids."""

GROUPS_STORAGE = "lipsync-demo-groups"
"""Browser storage key of the ids of comparisons and batches."""

RECORDED_STORAGE = "lipsync-demo-recorded-only"
"""Browser storage key of the switch “Recorded results only”."""

ON, OFF = "on", "off"
"""What is stored of a switch: Gradio's page leaves what it stored before at a false value."""

SESSION_STORAGE = "lipsync-demo-session"
"""Browser storage key of the session's id."""

AT_ONCE: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "show_progress_on": [],
    "api_visibility": "private",
}
"""Options of an event that is answered outside the queue.

Its progress is on no widget: Gradio copies the state of each one that could show it, and of all
its children, with every event of the page."""

LATEST: dict[str, Any] = AT_ONCE | {"trigger_mode": "always_last"}
"""The same for what shows a state: a change that comes while the one before is answered is
answered after it; by default Gradio drops it."""
IN_TURN: dict[str, Any] = {
    "concurrency_limit": 4,
    "show_progress": "minimal",
    "api_visibility": "private",
}
"""Options of an event that waits in the queue, four at a time."""

UNSHOWN: dict[str, Any] = {"show_progress": "hidden", "show_progress_on": []}
"""Changes of `IN_TURN` for an event whose progress the page tells itself."""


def in_turn(*shown: Block) -> dict[str, Any]:
    """`IN_TURN` with the progress on these widgets, of all that the event may change.

    Gradio goes on copying the state of each, and of its children, with every event of the page.
    """
    return IN_TURN | {"show_progress_on": [*shown]}


Changes = dict[Any, Any]
"""The answer of an event: each changed widget with its new value or properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Hidden widgets: lists stored in the browser, and messages between views.

    The browser stores `ids`, `groups`, `session` and `recorded`: its run ids, the ids of its
    comparisons and batches, its random session id, and whether it sees recorded results only.
    `key` is a visitor's key in this server's memory.  Writing a run's id to `open_run` shows it in
    the studio, to `repeat` loads its inputs there.  The reader of either empties it, so that the
    same id works again.
    """

    ids: gr.BrowserState
    groups: gr.BrowserState
    session: gr.BrowserState
    recorded: gr.BrowserState
    key: gr.State
    open_run: gr.Textbox
    repeat: gr.Textbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared(Stored):
    """The app's services and the widgets that belong to no single view.

    `views` are the tabs, `model` is the list of models in the header, `pace` that of all polls.
    """

    settings: Settings
    workspace: Workspace
    link: Link
    uploads: Path
    views: gr.Tabs
    model: gr.Dropdown
    pace: Pace = field(default_factory=Pace)

    def recorded_only(self, session: object) -> bool:
        """Whether a browser session sees recorded results only, so that nothing is sent for it."""
        return self.workspace.recorded_only.on(run_id(session))


def stored(settings: Settings, workspace: Workspace) -> Stored:
    """Create the hidden widgets inside the current `gr.Blocks`."""
    # Not secret: it is sent to the browser, and only has to be the same after a restart, as
    # the browser could not read its lists otherwise.
    ids = gr.BrowserState([], storage_key=STORAGE, secret=STORAGE)
    groups = gr.BrowserState([], storage_key=GROUPS_STORAGE, secret=STORAGE)
    if not settings.shared_history:
        visiting.own_only(ids, lambda i, owner: workspace.runs.of_owner(remembered(i), owner))
        visiting.own_only(groups, lambda i, owner: workspace.groups.of_owner(remembered(i), owner))
    return Stored(
        ids=ids,
        groups=groups,
        session=visiting.for_visitor(
            gr.BrowserState("", storage_key=SESSION_STORAGE, secret=STORAGE)
        ),
        recorded=gr.BrowserState("", storage_key=RECORDED_STORAGE, secret=STORAGE),
        key=gr.State(None, time_to_live=KEY_SECONDS),
        open_run=gr.Textbox(visible="hidden", elem_id="open-run", label=words.RUN_TO_SHOW),
        repeat=gr.Textbox(visible="hidden", elem_id="repeat", label=words.RUN_TO_REPEAT),
    )


def html(value: str = "", **more: Any) -> gr.HTML:
    """A widget for own markup, without Gradio's text styles."""
    return gr.HTML(value, apply_default_css=False, padding=False, **more)


def unchanged() -> Changes:
    """The answer of an event that changes nothing; Gradio treats an empty one as an error."""
    return cast("Changes", gr.skip())
