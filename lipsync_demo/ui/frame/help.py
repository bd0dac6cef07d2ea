"""The foot of the page: help with its keys, and a tour of four steps."""

from __future__ import annotations

import json
from collections.abc import Sequence

import gradio as gr
from markupsafe import Markup

from lipsync_demo.access.doors import GRADIO
from lipsync_demo.languages import spoken
from lipsync_demo.player.keys import CELLS, PLAYER, PRESENTER, Key, table
from lipsync_demo.templates import render
from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.frame.keys import ALWAYS, PAGE, RESULT

PARTS = (
    (words.KEYS_EVERYWHERE, (*PAGE, *ALWAYS)),
    (words.KEYS_PLAYERS, PLAYER),
    (words.KEYS_RESULT, RESULT),
    (words.KEYS_CELLS, CELLS),
    (words.KEYS_PRESENTATION, PRESENTER),
)
"""The parts of the help: a heading and its keys."""

TOUR = (
    ("#sources", words.TOUR_INPUTS),
    ("#choice", words.TOUR_MODE),
    ("#start", words.TOUR_SYNC),
    ("#stage", words.TOUR_RESULT),
)
"""The steps of the tour: a place of the studio, and what is said of it."""


DOCUMENTATION = f"{GRADIO}/?view=api"
"""Where Gradio shows the endpoints for programs; the link is there for those who may call them."""


def build() -> gr.HTML:
    """Create the foot at the end of the page."""
    return html(markup(), elem_id="foot")


def markup() -> Markup:
    """The foot, with the dialog and the tour's texts."""
    steps = [{"place": place, "text": text} for place, text in TOUR]
    tour = {"steps": steps, "texts": words.TOUR_TEXTS}
    return render(
        "ui/frame/help.html",
        words=words,
        documentation=DOCUMENTATION,
        parts=[(title, [(_signs(key), key.does) for key in keys]) for title, keys in PARTS],
        keys=json.dumps(table(PAGE, RESULT)),
        tour=json.dumps(spoken(tour), ensure_ascii=False),
    )


def _signs(key: Key) -> Sequence[str]:
    """The keys as they are written on a keyboard."""
    return [words.KEY_SIGNS.get(name, name) for name in key.keys]
