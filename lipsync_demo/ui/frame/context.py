"""What every view of the page has in common."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import gradio as gr

from lipsync_demo import texts
from lipsync_demo.markup.films import Link
from lipsync_demo.runs.service import RunService
from lipsync_demo.settings import Settings

KEY_SECONDS = 3600
STORAGE = "lipsync-demo-runs"
GROUPS_STORAGE = "lipsync-demo-groups"
SESSION_STORAGE = "lipsync-demo-session"
AT_ONCE: dict[str, Any] = {"queue": False, "show_progress": "hidden", "api_visibility": "private"}
IN_TURN: dict[str, Any] = {
    "concurrency_limit": 4,
    "show_progress": "minimal",
    "api_visibility": "private",
}


@dataclass(frozen=True, slots=True)
class Shared:
    """The app's services, and the widgets through which views speak to each other.

    `ids`, `groups` and `session` are kept by the browser: its run ids, the ids of its
    comparisons and batches, and its own random id.  `key` is a visitor's key, in this server's
    memory.  Writing a run's id to `open_run` shows it in the studio, to `repeat` puts its
    inputs there; together with `views`, the tabs.  `model` is the list of models in the header.
    Whoever reads one of the two empties it, so
    that the same id works again.
    """

    settings: Settings
    service: RunService
    link: Link
    uploads: Path
    views: Any
    ids: Any
    groups: Any
    session: Any
    key: Any
    open_run: Any
    repeat: Any
    model: Any


def state() -> dict[str, Any]:
    """The hidden widgets of `Shared`, made inside the current `gr.Blocks`."""
    # The secret goes to the browser with the page; it only has to be the same after a
    # restart, or the browser could not read its own lists any more.
    return {
        "ids": gr.BrowserState([], storage_key=STORAGE, secret=STORAGE),
        "groups": gr.BrowserState([], storage_key=GROUPS_STORAGE, secret=STORAGE),
        "session": gr.BrowserState("", storage_key=SESSION_STORAGE, secret=STORAGE),
        "key": gr.State(None, time_to_live=KEY_SECONDS),
        "open_run": gr.Textbox(visible="hidden", elem_id="open-run", label=texts.Page.RUN_TO_SHOW),
        "repeat": gr.Textbox(visible="hidden", elem_id="repeat", label=texts.Page.RUN_TO_REPEAT),
    }


def html(value: str = "", **more: Any) -> Any:
    """A place for own markup, without Gradio's text styles."""
    return gr.HTML(value, apply_default_css=False, padding=False, **more)


def unchanged() -> dict[Any, Any]:
    """What an event gives that changes nothing; an empty answer would be an error."""
    return cast("dict[Any, Any]", gr.skip())
