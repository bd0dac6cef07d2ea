"""The widgets of a run: stage, buttons, card, and the request as code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gradio as gr
from markupsafe import Markup

from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame.context import Shared, html
from lipsync_demo.ui.judging import events as judging
from lipsync_demo.ui.judging.events import Judging
from lipsync_demo.ui.sharing import view as sharing
from lipsync_demo.ui.sharing import words as sharing_words
from lipsync_demo.ui.studio import words


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeWidgets:
    """The widgets that show a run, and its action buttons."""

    live: gr.HTML
    stage: gr.HTML
    stop: gr.Button
    resume: gr.Button
    again: gr.Button
    meanwhile: gr.Button
    notice: gr.HTML
    programme: gr.HTML
    judging: Judging
    card: gr.HTML
    sharing: sharing.Sharing
    request: gr.HTML
    response: gr.HTML
    curl: gr.HTML
    python: gr.HTML


def waited_script() -> str:
    """The script that measures how long a person waits for a picture."""
    return Path(__file__).with_name("waited.js").read_text(encoding="utf-8")


def build(shared: Shared) -> OutcomeWidgets:
    """Create the widgets inside the current column."""
    live = html(elem_id="live", visible=False)
    stage = html(elem_id="stage", js_on_load=waited_script())
    with gr.Row(elem_id="actions"):
        stop = gr.Button(words.STOP, visible=False, elem_id="stop")
        resume = gr.Button(words.RESUME, visible=False, elem_id="resume")
        again = gr.Button(words.SUBMIT_AGAIN, visible=False, elem_id="again")
        meanwhile = gr.Button(words.MEANWHILE, visible=False, elem_id="meanwhile")
    notice = html(elem_id="notice")
    judge = judging.build(shared)
    shared_links = sharing.build(shared, "run")
    programme = html(elem_id="programme")
    card = html(elem_id="card")
    with gr.Tabs(elem_id="code"):
        return OutcomeWidgets(
            live=live,
            stage=stage,
            stop=stop,
            resume=resume,
            again=again,
            meanwhile=meanwhile,
            notice=notice,
            programme=programme,
            judging=judge,
            card=card,
            sharing=shared_links,
            request=_code(words.REQUEST_JSON),
            response=_code(words.RESPONSE_JSON),
            curl=_code("curl"),
            python=_code(words.PYTHON),
        )


def _code(title: str) -> gr.HTML:
    with gr.Tab(title):
        return html(elem_classes="code")


def listing(code: str) -> Markup:
    """A program's text or data as markup, with a button that copies it."""
    return render_macro("ui/studio/code.html", "listing", code, sharing_words.COPY)
