"""Errors of hosting: of its settings and of links."""

# ruff: noqa: N818 - named after the cause, like the other errors
from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class HostingUnavailable(ExplainedError):
    """The chosen hosting does not work with these settings, or not for this file."""


class LinkRefused(ExplainedError):
    """A signed link does not open its file.

    Attributes:
        what: the reason, for the user who followed it.
        status: the HTTP status of the answer: 403, or 410 if the file is gone.
    """

    def __init__(self, what: str, status: int) -> None:
        super().__init__(what)
        self.status = status
