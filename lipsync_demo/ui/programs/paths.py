"""Paths of the door for Gradio's clients, and what is inside it."""

from __future__ import annotations

import re
from typing import Final

from lipsync_demo.access.doors import GRADIO as DOOR
from lipsync_demo.ui.http.guard import PREFIX, UPLOAD

DOOR_UPLOAD: Final = f"{DOOR}{UPLOAD}"
"""Path of a program's uploads."""

DOOR_FILE: Final = f"{DOOR}{PREFIX}/file="
"""Beginning of the paths of files that were made."""

DOOR_STYLE: Final = f"{DOOR}/style.css"
"""Path of the stylesheet of the documentation."""

_READ = re.compile(
    r"/|/config/?|/theme\.css|/favicon\.ico|/(?:assets|static)/[\w.-]+(?:/[\w.-]+)*"
    rf"|{PREFIX}/(?:app_id|info|queue/data|heartbeat/[\w-]{{1,64}}"
    r"|call/(?:v2/)?\w+/\w+)/?"
)
_SENT = re.compile(rf"{PREFIX}/(?:cancel|reset|queue/join|call/(?:v2/)?\w+)/?")


def inside(path: str) -> str:
    """A path of the door as Gradio knows it."""
    return path.removeprefix(DOOR) or "/"


def offered(method: str, path: str) -> bool:
    """Whether Gradio's clients, or the documentation for them, ask for that inside the door."""
    if method in ("GET", "HEAD"):
        return _READ.fullmatch(path) is not None
    return method == "POST" and _SENT.fullmatch(path) is not None
