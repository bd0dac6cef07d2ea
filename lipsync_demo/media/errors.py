"""The error of reading media."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class MediaError(ExplainedError):
    """A file cannot be used: `what` is the reason, `hint` the next step."""
