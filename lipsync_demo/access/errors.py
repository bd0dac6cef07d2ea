"""Errors of entry and of rates.

Exposed         a page with a paid key stands open
CodesUnusable   the setting with the access codes cannot be read
TooMany         a visitor, an address or all visitors did something too often
"""

from __future__ import annotations

from datetime import datetime

from lipsync_demo.errors import ExplainedError


class Exposed(ExplainedError):  # noqa: N818
    """Everybody could spend the environment's key."""


class CodesUnusable(ExplainedError):  # noqa: N818
    """The access codes cannot be read."""


class TooMany(ExplainedError):  # noqa: N818
    """Something was done too often; it can be done again at `ends`."""

    def __init__(self, what: str, hint: str, ends: datetime) -> None:
        super().__init__(what, hint)
        self.ends = ends

    def __reduce__(self) -> tuple[type[TooMany], tuple[str, str, datetime]]:
        return TooMany, (self.what, self.hint, self.ends)
