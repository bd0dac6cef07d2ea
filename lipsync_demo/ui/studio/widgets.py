"""The widgets of the studio and their layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr

from lipsync_demo.ui.frame.context import POLL_SECONDS, Shared
from lipsync_demo.ui.frame.top_bar import TopBar
from lipsync_demo.ui.inputs import files, first_look
from lipsync_demo.ui.inputs import widgets as inputs
from lipsync_demo.ui.inputs.files import Files
from lipsync_demo.ui.inputs.widgets import SourceWidgets
from lipsync_demo.ui.studio import choice, outcome, words
from lipsync_demo.ui.studio.choice import ChoiceWidgets
from lipsync_demo.ui.studio.outcome import OutcomeWidgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Widgets:
    """Every widget an event reads or changes.

    `run_id` holds the run that is shown, `stamp` changes when more than its clock does.
    `look` has the samples, `inputs` is the left column.
    """

    top: TopBar
    timer: gr.Timer
    run_id: gr.Textbox
    stamp: gr.Textbox
    look: gr.HTML
    inputs: gr.Column
    sources: SourceWidgets
    files: Files
    choice: ChoiceWidgets
    outcome: OutcomeWidgets


def build(top: TopBar, shared: Shared, video: Path | None, speech: Path | None) -> Widgets:
    """Create the studio inside the current tab, filled with the samples."""
    timer = gr.Timer(POLL_SECONDS, active=False)
    run_id = gr.Textbox(visible="hidden", elem_id="run-id", label=words.RUN)
    # No gr.State: its change is not noticed when an event outside the queue makes it.
    stamp = gr.Textbox(visible="hidden", elem_id="stamp", label=words.STAMP)
    look = first_look.build()
    with gr.Row(elem_id="studio"):
        with gr.Column(elem_id="inputs", scale=1, min_width=320) as column:
            sources = inputs.build(shared.settings, video, speech)
            given = files.line()
            chosen = choice.build(shared.settings)
        with gr.Column(elem_id="outcome", scale=1, min_width=320):
            result = outcome.build(shared)
    return Widgets(
        top=top,
        timer=timer,
        run_id=run_id,
        stamp=stamp,
        look=look,
        inputs=column,
        sources=sources,
        files=files.Files(shared=shared, sources=sources, line=given),
        choice=chosen,
        outcome=result,
    )
