"""Errors of the local backend, for the user who started it."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class BackendError(ExplainedError):
    """The local server cannot start, or has ended."""
