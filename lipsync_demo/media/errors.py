"""The one error of reading media: what happened, and what to do next."""

from __future__ import annotations


class MediaError(Exception):
    """A file cannot be used; `what` says why, `hint` what to do next."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what} {hint}")
        self.what = what
        self.hint = hint
