"""What a door refuses by itself; everything else is refused by whoever does the work."""

from __future__ import annotations

from http import HTTPStatus

from lipsync_demo.errors import ExplainedError


class ApiError(ExplainedError):
    """A request that cannot be answered, with the status that says so."""

    def __init__(self, status: HTTPStatus, what: str, hint: str = "") -> None:
        super().__init__(what, hint)
        self.status = status
