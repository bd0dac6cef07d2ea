"""What can go wrong with hosting."""

from __future__ import annotations

from lipsync_demo.wavespeed.errors import WaveSpeedError


class HostingUnavailable(WaveSpeedError):  # noqa: N818
    """The chosen way of hosting cannot work with these settings, or not for this file."""


class LinkRefused(Exception):  # noqa: N818
    """A signed link does not open its file.

    Attributes:
        what: why, for the person who followed it.
        status: the HTTP status to answer with: 403, or 404 when the file is gone.
    """

    def __init__(self, what: str, status: int) -> None:
        super().__init__(what)
        self.what = what
        self.status = status
