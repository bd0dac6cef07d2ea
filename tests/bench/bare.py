"""A page of Gradio with one field and one button, to compare with."""

from __future__ import annotations

import sys

import gradio as gr

with gr.Blocks(analytics_enabled=False) as page:
    gr.Textbox(label="Text")
    gr.Button("Go")

if __name__ == "__main__":
    page.launch(
        server_name="127.0.0.1", server_port=int(sys.argv[1]), ssr_mode=False, run_history=False
    )
