"""What a browser says that widgets hold: anybody may say anything instead.

Handlers get what their widgets can hold, and nothing where a widget would hold nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.blocks import Block
from pydantic import ValidationError

from lipsync_demo.ui.frame import words
from lipsync_demo.ui.frame.sent import finite


def received(widgets: Sequence[Block], values: Any) -> list[Any]:
    """The values for a handler of these widgets.

    Raises:
        gr.Error: a widget cannot hold such a value, or a file is not on this server.
    """
    if not isinstance(values, list) or len(values) != len(widgets):
        raise gr.Error(words.ODD_REQUEST)
    return [_held(widget, value) for widget, value in zip(widgets, values, strict=True)]


def _held(widget: Block, value: Any) -> Any:
    if widget.stateful:
        return None  # the server has it
    if (model := getattr(widget, "data_model", None)) is not None:
        return None if value is None else _file(model, value)
    kind = next((kind for kind in _HOLD if isinstance(widget, kind)), None)
    if kind is None:
        if not _scalar(value):
            raise gr.Error(words.ODD_REQUEST)
        return value
    if value is None:
        first = getattr(widget, "value", None)
        return _EMPTY.get(kind, first) if first is None else first
    if not _HOLD[kind](widget, value):
        raise gr.Error(words.ODD_REQUEST)
    return value


def _file(model: Any, value: Any) -> Any:
    """Uploaded files as a browser describes them."""
    try:
        model.model_validate(value, context={"validate_meta": True})
    except (ValidationError, AttributeError, TypeError):
        raise gr.Error(words.ODD_REQUEST) from None
    if not all(map(_is_here, _paths(value))):
        raise gr.Error(words.FILE_GONE)
    return value


def _paths(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        yield one["path"]


def _is_here(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False


def _scalar(value: Any) -> bool:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return finite(value) is not None if number else value is None or isinstance(value, (str, bool))


def _choice(widget: Any, value: Any) -> bool:
    if getattr(widget, "multiselect", False):
        return isinstance(value, list) and all(map(_scalar, value))
    return _scalar(value)


def _kept(widget: Any, value: Any) -> bool:
    """Whether a browser may keep a value: one like that which it keeps at first."""
    first = widget.default_value
    if isinstance(first, list):
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    return isinstance(value, type(first))


_HOLD: Mapping[type, Callable[[Any, Any], bool]] = {
    gr.Textbox: lambda _, value: isinstance(value, str),
    gr.HTML: lambda _, value: isinstance(value, str),
    gr.Checkbox: lambda _, value: isinstance(value, bool),
    gr.CheckboxGroup: lambda _, value: isinstance(value, list) and all(map(_scalar, value)),
    gr.Radio: _choice,
    gr.Dropdown: _choice,
    gr.Number: lambda _, value: finite(value) is not None,
    gr.Slider: lambda _, value: finite(value) is not None,
    gr.BrowserState: _kept,
}
_EMPTY: Mapping[type, Any] = {gr.Textbox: "", gr.HTML: "", gr.Checkbox: False, gr.CheckboxGroup: []}
"""What these hold when nothing else is said."""
