"""The name under which an error is counted."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError
from lipsync_demo.metrics.table import UNEXPECTED


def counted_as(error: BaseException) -> str:
    """The class of an error; never its text, which may name a file or an address."""
    if isinstance(error, ExplainedError):
        return type(error).__name__
    return "OSError" if isinstance(error, OSError) else UNEXPECTED
