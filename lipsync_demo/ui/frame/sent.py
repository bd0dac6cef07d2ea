"""What the page's scripts send with an event: anybody may send anything instead."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import gradio as gr


def text(event: gr.EventData, name: str) -> str:
    """A text; "" if there is none."""
    value = _value(event, name)
    return value if isinstance(value, str) else ""


def number(event: gr.EventData, name: str) -> float | None:
    """A finite number; None if there is none."""
    return finite(_value(event, name))


def texts(event: gr.EventData, name: str) -> list[str]:
    """The texts of a list."""
    return [one for one in _items(event, name) if isinstance(one, str)]


def objects(event: gr.EventData, name: str) -> list[Mapping[str, Any]]:
    """The objects of a list."""
    return [one for one in _items(event, name) if isinstance(one, dict)]


def finite(value: object) -> float | None:
    """A value that is a finite number of ordinary size; None otherwise."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) > _LARGEST:
        return None
    return value if math.isfinite(value) else None


_LARGEST = 1 << 53
"""The largest number that JavaScript holds exactly."""


def _value(event: gr.EventData, name: str) -> object:
    fields = event._data
    return fields.get(name) if isinstance(fields, dict) else None


def _items(event: gr.EventData, name: str) -> list[object]:
    value = _value(event, name)
    return value if isinstance(value, list) else []
