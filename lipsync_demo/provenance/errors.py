"""The error of signing."""

from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class SigningFailed(ExplainedError):  # noqa: N818 - named as the whole tree is
    """A file cannot be given its Content Credentials."""
