"""Who asks with a request, as the middleware in `ui/http/gate.py` has found out.

This module must not import gradio, which reads its environment variables on import.
"""

from __future__ import annotations

from typing import Any, Final

from lipsync_demo.access.asker import Asker

SCOPE: Final = "lipsync_demo.asker"
"""Key of the one who asks in a request's ASGI scope."""


def asker_of(request: Any) -> Asker | None:
    """Who sent a request, Gradio's or Starlette's; None if no middleware has seen it."""
    inner = getattr(request, "request", None) or request
    found = (getattr(inner, "scope", None) or {}).get(SCOPE)
    return found if isinstance(found, Asker) else None
