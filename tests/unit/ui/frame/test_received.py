"""Handlers get what their widgets can hold, whatever a browser sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from lipsync_demo.ui.frame.received import received


@pytest.fixture(scope="module")
def widgets() -> Iterator[dict[str, Any]]:
    with gr.Blocks():
        yield {
            "text": gr.Textbox(),
            "choice": gr.Radio(["a", "b"], value="b"),
            "list": gr.Dropdown([("A week", 7)], value=7),
            "ticks": gr.CheckboxGroup(["a", "b"]),
            "tick": gr.Checkbox(),
            "number": gr.Number(3),
            "slider": gr.Slider(),
            "ids": gr.BrowserState([], storage_key="ids", secret="x"),
            "id": gr.BrowserState("", storage_key="id", secret="x"),
            "video": gr.Video(),
            "files": gr.File(file_count="multiple"),
            "clock": gr.Timer(),
            "state": gr.State("own"),
        }


def file(path: object, **more: Any) -> dict[str, Any]:
    return {"path": path, "meta": {"_type": "gradio.FileData"}, **more}


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("text", "é"),
        ("choice", "a"),
        ("list", 7),
        ("ticks", ["a"]),
        ("tick", True),
        ("number", 2.5),
        ("slider", 0),
        ("ids", ["a" * 32]),
        ("id", "a"),
        ("clock", 1.0),
    ],
)
def test_what_a_widget_holds_passes_and_other_types_do_not(
    widgets: dict[str, Any], name: str, good: object
) -> None:
    assert received([widgets[name]], [good]) == [good]
    for odd in ({}, {"path": 1}, [[]], [{}], file("/etc/passwd"), float("nan"), 10**30):
        with pytest.raises(gr.Error, match="does not send"):
            received([widgets[name]], [odd])


@pytest.mark.parametrize(
    ("name", "first"),
    [("text", ""), ("choice", "b"), ("ticks", []), ("tick", False), ("number", 3), ("video", None)],
)
def test_nothing_is_what_the_widget_holds_at_first(
    widgets: dict[str, Any], name: str, first: object
) -> None:
    assert received([widgets[name]], [None]) == [first]


def test_what_the_server_keeps_is_not_taken_from_a_browser(widgets: dict[str, Any]) -> None:
    assert received([widgets["state"]], [{"any": "thing"}]) == [None]


def test_a_file_is_described_as_gradio_does_and_is_there(
    widgets: dict[str, Any], tmp_path: Path
) -> None:
    there = tmp_path / "a.mp4"
    there.touch()
    whole = file(str(there), size=0, orig_name="a.mp4", url=None)
    assert received([widgets["video"], widgets["files"]], [whole, [whole]]) == [whole, [whole]]
    for odd in ("/etc/passwd", 7, file(7), file(str(there), size="x"), {"path": str(there)}):
        for name, value in (("video", odd), ("files", [odd]), ("files", odd)):
            with pytest.raises(gr.Error, match="does not send"):
                received([widgets[name]], [value])
    with pytest.raises(gr.Error, match="does not send"):
        received([widgets["video"]], [{**whole, "meta": 1}])
    for gone in (str(tmp_path / "b"), str(tmp_path), "\0", "a" * 5000):
        with pytest.raises(gr.Error, match="Choose it again"):
            received([widgets["video"]], [file(gone)])


def test_there_are_as_many_values_as_widgets(widgets: dict[str, Any]) -> None:
    for values in ([], ["a", "b"], None, {"0": "a"}):
        with pytest.raises(gr.Error, match="does not send"):
            received([widgets["text"]], values)
