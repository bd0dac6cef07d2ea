"""Why a local backend cannot run, for the person who started it."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class BackendError(ExplainedError):
    """The local server cannot start, or has ended."""
