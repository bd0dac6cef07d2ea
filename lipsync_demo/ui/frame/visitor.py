"""Who sent a request, as the middleware in `ui/http/visitor.py` has found out.

This module must not import gradio, which reads its environment variables on import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lipsync_demo.runs.record.visitor import NOBODY, Visitor

if TYPE_CHECKING:
    import gradio as gr
    from starlette.requests import Request

SCOPE: Final = "lipsync_demo.visitor"
"""Key of the visitor in a request's ASGI scope."""


def visitor_of(request: gr.Request | Request | None) -> Visitor:
    """The visitor who sent a request; nobody if no middleware has seen it."""
    inner = getattr(request, "request", None) or request
    found = (getattr(inner, "scope", None) or {}).get(SCOPE, NOBODY)
    return found if isinstance(found, Visitor) else NOBODY
