"""What can go wrong with hosting: with the settings for it, and with a link."""

# ruff: noqa: N818 - named after what is wrong, as the whole tree is
from __future__ import annotations

from lipsync_demo.errors import ExplainedError


class HostingUnavailable(ExplainedError):
    """The chosen way of hosting cannot work with these settings, or not for this file."""


class LinkRefused(ExplainedError):
    """A signed link does not open its file.

    Attributes:
        what: why, for the person who followed it.
        status: the HTTP status to answer with: 403, or 410 when what it showed is gone.
    """

    def __init__(self, what: str, status: int) -> None:
        super().__init__(what)
        self.status = status
