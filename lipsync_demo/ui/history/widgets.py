"""The widgets of the history tab: filters and list, the drawer of a run, imports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import gradio as gr

from lipsync_demo.media.sync_modes import SyncMode
from lipsync_demo.runs.record.review import HEADINGS
from lipsync_demo.runs.record.run import RunState
from lipsync_demo.runs.storage.run_search import ANY
from lipsync_demo.ui.frame import words as frame_words
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.frame.listing import SELECT_JS
from lipsync_demo.ui.history import words
from lipsync_demo.ui.history.listing import headings
from lipsync_demo.wavespeed.model_catalogue import MODELS

HERE = "here"
"""Delete a run on this server only."""
ALSO_API = "api"
"""Delete a run here and its task at the API."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListWidgets:
    """The filters in the order of `RunSearch`, and the list; `page` is the current page."""

    filters: Sequence[gr.Textbox | gr.Dropdown]
    listing: gr.HTML
    page: gr.Number
    notice: gr.HTML


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawerWidgets:
    """The drawer of one run: its review and actions."""

    panel: gr.Column
    chosen: gr.Textbox
    title: gr.HTML
    verdict: gr.Radio
    good: gr.CheckboxGroup
    bad: gr.CheckboxGroup
    note: gr.Textbox
    save: gr.Button
    open: gr.Button
    repeat: gr.Button
    where: gr.Radio
    delete: gr.Button
    sure: gr.Button


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportWidgets:
    """The inputs for the id of another run and for a task that was started elsewhere."""

    box: gr.Textbox
    go: gr.Button
    task: gr.Textbox
    mode: gr.Dropdown
    start: gr.Button


def build_list() -> ListWidgets:
    """Create the filters and the list inside the current tab."""
    with gr.Column(elem_id="runs-panel", elem_classes="panel"):
        with gr.Row(elem_id="run-filters"):
            text = gr.Textbox(label=words.SEARCH, elem_id="run-search", scale=3)
            modes = [(words.ANY_MODE, ANY), *((m.value, m.value) for m in SyncMode)]
            by_model = [(words.ANY_MODEL, ANY), *((m.name, m.id) for m in MODELS.values())]
            states = [(words.ANY_STATE, ANY), *((s.value, s.value) for s in RunState)]
            filters = [text] + [
                gr.Dropdown(choices=choices, value=ANY, label=label, elem_id=f"run-{name}")
                for name, label, choices in (
                    ("mode", words.MODE, modes),
                    ("backend", words.BACKEND, words.BACKENDS),
                    ("state", words.STATE, states),
                    ("verdict", words.VERDICT, words.VERDICTS),
                    ("model", frame_words.MODEL, by_model),
                )
            ]
        notice = html(elem_id="history-notice")
        listing = html(elem_id="history", js_on_load=SELECT_JS)
        page = gr.Number(0, visible="hidden", elem_id="run-page", label=words.PAGE)
    return ListWidgets(
        filters=filters,
        listing=listing,
        page=page,
        notice=notice,
    )


def build_drawer() -> DrawerWidgets:
    """Create the drawer inside the current tab, closed."""
    with gr.Column(visible=False, elem_id="run-drawer", elem_classes="panel") as panel:
        chosen = gr.Textbox(visible="hidden", elem_id="run-chosen", label=words.CHOSEN_RUN)
        title = html(elem_id="run-title")
        verdict = gr.Radio(
            choices=[*words.VERDICTS[1:3], (words.NO_VERDICT, ANY)], value=ANY, label=words.VERDICT,
            elem_id="run-review",
        )  # fmt: skip
        with gr.Row():
            good = gr.CheckboxGroup(list(HEADINGS), label=words.GOOD, elem_id="run-good")
            bad = gr.CheckboxGroup(list(HEADINGS), label=words.BAD, elem_id="run-bad")
        html(headings(), elem_id="run-headings")
        note = gr.Textbox(label=words.NOTE, lines=2, max_length=2000, elem_id="run-note")
        with gr.Row(elem_id="run-actions"):
            save = gr.Button(words.SAVE, variant="primary", elem_id="run-save")
            open_ = gr.Button(frame_words.OPEN_IN_STUDIO, elem_id="run-show")
            repeat = gr.Button(words.REPEAT, elem_id="run-repeat")
            delete = gr.Button(words.DELETE, elem_id="run-delete")
            sure = gr.Button(
                words.DELETE_FOR_GOOD, variant="stop", visible=False, elem_id="run-sure"
            )
        where = gr.Radio(
            choices=[(words.ONLY_HERE, HERE), (words.ALSO_API, ALSO_API)], value=HERE,
            label=words.WHERE_TO_DELETE, visible=False, elem_id="run-where",
        )  # fmt: skip
    return DrawerWidgets(
        panel=panel,
        chosen=chosen,
        title=title,
        verdict=verdict,
        good=good,
        bad=bad,
        note=note,
        save=save,
        open=open_,
        repeat=repeat,
        where=where,
        delete=delete,
        sure=sure,
    )


def build_imports() -> ImportWidgets:
    """Create the inputs for ids inside the current tab."""
    with gr.Column(elem_id="run-bring", elem_classes="panel"):
        with gr.Row():
            box = gr.Textbox(label=words.OPEN_BY_ID, elem_id="run-box", scale=4)
            go = gr.Button(frame_words.OPEN, elem_id="run-open", scale=1)
        with gr.Row():
            task = gr.Textbox(label=words.IMPORT, elem_id="task-box", scale=3)
            choices = [(words.AS_RECORDED, ANY), *((m.value, m.value) for m in SyncMode)]
            mode = gr.Dropdown(choices=choices, value=ANY, label=words.MODE, elem_id="task-mode")
            start = gr.Button(words.IMPORT_IT, elem_id="task-bring", scale=1)
    return ImportWidgets(
        box=box,
        go=go,
        task=task,
        mode=mode,
        start=start,
    )
