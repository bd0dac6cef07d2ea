"""Why a local backend cannot run, for the person who started it."""

from __future__ import annotations


class BackendError(Exception):
    """What happened (`what`) and what to do next (`hint`)."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(what, hint)
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.what} {self.hint}"
