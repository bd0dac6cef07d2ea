"""Starting the page leaves Gradio's files as they were installed."""

from __future__ import annotations

from importlib import import_module

from lipsync_demo.ui import stubs


def test_gradio_renders_no_stub_files() -> None:
    assert import_module(stubs.WRITER).create_or_modify_pyi.__module__ == stubs.__name__
