"""The label in the picture, as the form holds it: its corner and size, which the browser keeps.

Where the settings demand a label, nothing can be chosen: a line says what is demanded.
"""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lipsync_demo import visible_label
from lipsync_demo.languages import current
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.inputs import words
from lipsync_demo.visible_label import CORNERS, FIELD, OFF, SIZES, LabelUnknown, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelWidgets:
    """The two choices, shown where the local engine answers; `fixed` if a label is demanded."""

    row: gr.Row
    corner: gr.Dropdown
    size: gr.Dropdown
    fixed: bool


def build(settings: Settings) -> LabelWidgets:
    """Create the widgets inside the current column."""
    demanded = visible_label.label(settings.ai_label)
    free = demanded is None
    with gr.Row(visible=settings.backend_name == "local", elem_id="ai-label") as row:
        corner = gr.Dropdown(
            choices=[(words.NO_LABEL, OFF), *((words.CORNERS[name], name) for name in CORNERS)],
            value=OFF,
            label=words.LABEL,
            visible=free,
            elem_id="ai-label-corner",
            min_width=0,
        )
        size = gr.Dropdown(
            choices=[(words.SIZES[name], name) for name in SIZES],
            value=next(iter(SIZES)),
            label=words.LABEL_SIZE,
            visible=False,
            elem_id="ai-label-size",
            min_width=0,
        )
        if demanded is not None:
            html(words.demanded(demanded.corner, demanded.size), elem_classes=["consent"])
    return LabelWidgets(row=row, corner=corner, size=size, fixed=not free)


def wire(page: gr.Blocks, w: LabelWidgets) -> None:
    """Have the browser keep the choices, and show them again; the server is not asked."""
    if w.fixed:
        return
    both = [w.corner, w.size]
    page.load(None, both, both, js="(...usual) => window.lipsyncLabel.kept(usual)")
    kept = "(...chosen) => window.lipsyncLabel.keep(chosen)"
    # There is a size once there is a label.
    w.corner.change(None, both, [w.size], js=kept)
    w.size.change(None, both, None, js=kept)


def given(
    corner: str | None, size: str | None, backend: BackendName, settings: Settings
) -> dict[str, str]:
    """The choice as a field of a run, in the reader's language; empty for none.

    Only the local engine takes one, and not where the settings demand one.
    """
    if backend != "local" or settings.ai_label != OFF:
        return {}
    try:
        chosen = parse(OFF if corner == OFF else f"{corner},{size},{current()}")
    except LabelUnknown:
        return {}
    return {} if chosen == OFF else {FIELD: chosen}
