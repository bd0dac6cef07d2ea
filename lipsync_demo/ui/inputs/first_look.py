"""The first look: what the page is for, and the samples to choose from."""

from __future__ import annotations

import base64
from pathlib import Path

import gradio as gr

from lipsync_demo.templates import render_macro
from lipsync_demo.ui.frame.context import html
from lipsync_demo.ui.inputs import words
from lipsync_demo.ui.inputs.samples import SAMPLES

TEMPLATE = "ui/inputs/first_look.html"
SCRIPT = Path(__file__).with_name("first_look.js")

MARK_JS = "(name) => window.lipsyncMark(name)"
"""Marks the sample whose files the inputs hold."""


def build() -> gr.HTML:
    """Create the sentence and the samples' buttons in the current column."""
    # Pictures in the page itself: a few kilobytes, which no link has to outlive.
    shown = [(of, _picture(of.thumbnail)) for of in SAMPLES if of.complete]
    look = render_macro(TEMPLATE, "look", words.PURPOSE, words.SAMPLES, shown)
    return html(look, elem_id="first-look", js_on_load=SCRIPT.read_text(encoding="utf-8"))


def _picture(path: Path) -> str:
    return f"data:image/webp;base64,{base64.b64encode(path.read_bytes()).decode()}"
