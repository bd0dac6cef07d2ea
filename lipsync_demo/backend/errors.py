"""Errors of the local backend, for the user who started it; the code of its own failures."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError

INTERNAL_ERROR = 5000
"""Code of a task that failed for a reason of the server's own."""


class BackendError(ExplainedError):
    """The local server cannot start, or has ended."""
