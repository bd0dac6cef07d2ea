"""Starting the page leaves Gradio's files as they were installed."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import module_from_spec

import gradio
import pytest

from lipsync_demo.ui import stubs


def test_gradio_renders_no_stub_files() -> None:
    assert import_module(stubs.WRITER).create_or_modify_pyi.__module__ == stubs.__name__


def test_gradio_does_not_load_the_package_of_a_door_that_stays_shut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == stubs.NOT_LOADED]:
        monkeypatch.delitem(sys.modules, name)
    (found,) = (finder for finder in sys.meta_path if isinstance(finder, stubs._Finder))
    spec = found.find_spec(stubs.OWN_DOOR, gradio.__path__)
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(module_from_spec(spec))
    assert stubs.NOT_LOADED not in sys.modules
