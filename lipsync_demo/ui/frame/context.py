"""What every view of the page has in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import gradio as gr

from lipsync_demo.markup.films import Link
from lipsync_demo.runs.workspace import Workspace
from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import words

KEY_SECONDS = 3600
"""Seconds a visitor's key stays in this server's memory after its last use."""
POLL_SECONDS = 1.0
"""Seconds between two polls of what is under way."""
STORAGE = "lipsync-demo-runs"
GROUPS_STORAGE = "lipsync-demo-groups"
SESSION_STORAGE = "lipsync-demo-session"
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
"""Options of an event that is answered outside the queue."""
IN_TURN: dict[str, Any] = {
    "concurrency_limit": 4,
    "show_progress": "minimal",
    "api_visibility": "private",
}
"""Options of an event that waits in the queue, a few at a time."""
Changes = dict[Any, Any]
"""What an event answers: each widget it changes, with the widget's new value or properties."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The hidden widgets through which the browser keeps lists and views speak to each other.

    `ids`, `groups` and `session` are kept by the browser: its run ids, the ids of its
    comparisons and batches, and its own random id.  `key` is a visitor's key, in this server's
    memory.  Writing a run's id to `open_run` shows it in the studio, to `repeat` puts its
    inputs there.  Whoever reads one of the two empties it, so that the same id works again.
    """

    ids: gr.BrowserState
    groups: gr.BrowserState
    session: gr.BrowserState
    key: gr.State
    open_run: gr.Textbox
    repeat: gr.Textbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared(Stored):
    """The app's services and the widgets that belong to no single view.

    `views` are the tabs, `model` is the list of models in the header.
    """

    settings: Settings
    workspace: Workspace
    link: Link
    uploads: Path
    views: gr.Tabs
    model: gr.Dropdown


def stored() -> Stored:
    """The hidden widgets, made inside the current `gr.Blocks`."""
    # The secret goes to the browser with the page; it only has to be the same after a
    # restart, or the browser could not read its own lists any more.
    return Stored(
        ids=gr.BrowserState([], storage_key=STORAGE, secret=STORAGE),
        groups=gr.BrowserState([], storage_key=GROUPS_STORAGE, secret=STORAGE),
        session=gr.BrowserState("", storage_key=SESSION_STORAGE, secret=STORAGE),
        key=gr.State(None, time_to_live=KEY_SECONDS),
        open_run=gr.Textbox(visible="hidden", elem_id="open-run", label=words.RUN_TO_SHOW),
        repeat=gr.Textbox(visible="hidden", elem_id="repeat", label=words.RUN_TO_REPEAT),
    )


def html(value: str = "", **more: Any) -> gr.HTML:
    """A place for own markup, without Gradio's text styles."""
    return gr.HTML(value, apply_default_css=False, padding=False, **more)


def unchanged() -> Changes:
    """The answer of an event that changes nothing; Gradio takes an empty one for an error."""
    return cast("Changes", gr.skip())
