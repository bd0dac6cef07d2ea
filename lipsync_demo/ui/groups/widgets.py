"""The widgets shared by comparisons and batches."""

from __future__ import annotations

from dataclasses import dataclass

import gradio as gr

from lipsync_demo.ui.sharing.view import Sharing


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupWidgets:
    """The widgets of one tab of groups.

    `group` holds the id of the open group; `stamp` changes with everything but its clock; `body` is
    the grid of cells or the table of rows.
    """

    group: gr.Textbox
    stamp: gr.Textbox
    timer: gr.Timer
    notice: gr.HTML
    body: gr.HTML
    stop: gr.Button
    resume: gr.Button
    earlier: gr.HTML
    sharing: Sharing
