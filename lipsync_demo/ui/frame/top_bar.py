"""The bar above the tabs: backend, list of models, key."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lipsync_demo.settings import Settings
from lipsync_demo.ui.frame import header, models, words
from lipsync_demo.ui.frame.context import html


@dataclass(frozen=True, slots=True, kw_only=True)
class TopBar:
    """The widgets above the tabs; `panel` is "key" while the key panel is open.

    The page presses `recorded_ask` when `recorded_only` may stand otherwise than on the server.

    `key_checked` tells whether the API has accepted the visitor's key, `unknown` what is lost on a
    browser that keeps no cookie.
    """

    panel: gr.State
    brand: gr.HTML
    model: gr.Dropdown
    recorded_only: gr.Checkbox
    recorded_ask: gr.Button
    banner: gr.HTML
    unknown: gr.HTML
    key_open: gr.Button
    key_panel: gr.Column
    key_box: gr.Textbox
    key_use: gr.Button
    key_forget: gr.Button
    key_note: gr.HTML
    key_checked: gr.State


def build(settings: Settings) -> TopBar:
    """Create the bar inside the current `gr.Blocks`."""
    panel = gr.State("")
    with gr.Row(elem_id="top"):
        brand = html(header.brand(settings, None), elem_id="brand")
        model = gr.Dropdown(
            choices=models.listed(settings, None),
            value=settings.model,
            label=words.MODEL,
            show_label=False,
            container=False,
            filterable=False,
            elem_id="model",
        )
        recorded_only = gr.Checkbox(
            label=words.RECORDED_ONLY,
            elem_id="recorded-only",
            container=False,
            # Nothing is known of the session until the page's first answer.
            interactive=False,
        )
        recorded_ask = gr.Button(visible="hidden", elem_id="recorded-ask")
        key_open = gr.Button(words.OPEN_KEY, elem_id="key-open", size="sm")
    with gr.Column(visible=False, elem_id="key-panel", elem_classes="panel") as key_panel:
        with gr.Row():
            key_box = gr.Textbox(
                type="password",
                label="WaveSpeed API key",
                elem_id="key-box",
                scale=4,
                html_attributes=gr.InputHTMLAttributes(
                    autocomplete="off", spellcheck=False, autocorrect="off"
                ),
            )
            key_use = gr.Button(words.USE_KEY, elem_id="key-use", scale=1)
            key_forget = gr.Button(words.FORGET_KEY, visible=False, elem_id="key-forget", scale=1)
        key_note = html(header.key_note(None), elem_id="key-note")
    banner = html(visible=False, elem_id="recorded-banner")
    unknown = html(visible=False, elem_id="no-cookie")
    return TopBar(
        panel=panel,
        brand=brand,
        model=model,
        recorded_only=recorded_only,
        recorded_ask=recorded_ask,
        banner=banner,
        unknown=unknown,
        key_open=key_open,
        key_panel=key_panel,
        key_box=key_box,
        key_use=key_use,
        key_forget=key_forget,
        key_note=key_note,
        key_checked=gr.State(True),
    )
