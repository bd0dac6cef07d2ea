"""Errors of entry, rates and room.

Exposed         a page with a paid key stands open
AccessUnusable  the setting with the access codes or API tokens cannot be read
NotAllowed      an API token does not allow what was asked
TooMany         a visitor, an address or all visitors did something too often
NoRoom          a visitor or all visitors keep as much as they may, or the disk is nearly full
"""

from __future__ import annotations

from datetime import datetime

from lipsync_demo.errors import ExplainedError


class Exposed(ExplainedError):  # noqa: N818
    """Everybody could spend the environment's key."""


class AccessUnusable(ExplainedError):  # noqa: N818
    """The access codes or API tokens cannot be read."""


class NotAllowed(ExplainedError):  # noqa: N818
    """A program's token does not allow what it asked for."""


class TooMany(ExplainedError):  # noqa: N818
    """Something was done too often; it can be done again at `ends`."""

    def __init__(self, what: str, hint: str, ends: datetime) -> None:
        super().__init__(what, hint)
        self.ends = ends

    def __reduce__(self) -> tuple[type[TooMany], tuple[str, str, datetime]]:
        return TooMany, (self.what, self.hint, self.ends)


class NoRoom(ExplainedError):  # noqa: N818
    """There is no room for more files: a quota is used up, or the disk is nearly full."""
