"""The one error of reading media: what happened, and what to do next."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class MediaError(ExplainedError):
    """A file cannot be used; `what` says why, `hint` what to do next."""
