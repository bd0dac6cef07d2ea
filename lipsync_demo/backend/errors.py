"""Errors of the local backend, for the user who started it, and the code of internal ones."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError

INTERNAL_ERROR = 5000
"""Task code for an internal error."""


class BackendError(ExplainedError):
    """The local server cannot start, or has ended."""
