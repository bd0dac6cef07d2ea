"""The label in the picture, as the form holds it: its corner and size, which the browser keeps."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lipsync_demo import visible_label
from lipsync_demo.languages import current
from lipsync_demo.settings import BackendName, Settings
from lipsync_demo.ui.inputs import words
from lipsync_demo.visible_label import CORNERS, FIELD, OFF, SIZES, LabelUnknown, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelWidgets:
    """The two choices, shown where the local engine answers."""

    row: gr.Row
    corner: gr.Dropdown
    size: gr.Dropdown


def build(settings: Settings) -> LabelWidgets:
    """Create the widgets inside the current column."""
    usual = visible_label.label(settings.ai_label)
    with gr.Row(visible=settings.backend_name == "local", elem_id="ai-label") as row:
        corner = gr.Dropdown(
            choices=[(words.NO_LABEL, OFF), *((words.CORNERS[name], name) for name in CORNERS)],
            value=usual.corner if usual else OFF,
            label=words.LABEL,
            elem_id="ai-label-corner",
            min_width=0,
        )
        size = gr.Dropdown(
            choices=[(words.SIZES[name], name) for name in SIZES],
            value=usual.size if usual else next(iter(SIZES)),
            label=words.LABEL_SIZE,
            elem_id="ai-label-size",
            min_width=0,
        )
    return LabelWidgets(row=row, corner=corner, size=size)


def wire(page: gr.Blocks, w: LabelWidgets) -> None:
    """Have the browser keep the choices, and show them again; the server is not asked."""
    both = [w.corner, w.size]
    page.load(None, both, both, js="(...usual) => window.lipsyncLabel.kept(usual)")
    for one in (w.corner, w.size):
        one.change(None, both, None, js="(...chosen) => window.lipsyncLabel.keep(chosen)")


def given(
    corner: str | None, size: str | None, backend: BackendName, settings: Settings
) -> dict[str, str]:
    """The choice as a field of a run, in the reader's language; none if it is the usual one.

    Only the local engine takes one.
    """
    try:
        chosen = parse(OFF if corner == OFF else f"{corner},{size},{current()}")
    except LabelUnknown:
        return {}
    return {} if backend != "local" or chosen == settings.ai_label else {FIELD: chosen}
