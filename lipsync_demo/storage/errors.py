"""Errors of files in a storage."""

# ruff: noqa: N818 - named after the cause, like the other errors
from __future__ import annotations

from lipsync_demo.errors import ExplainedError
from lipsync_demo.storage import words


class StorageError(ExplainedError):
    """A file in the storage cannot be used."""


class StorageUnusable(StorageError):
    """The storage cannot be reached, or does not let this app in."""


class FileMissing(StorageError):
    """There is no such file in the storage."""

    def __init__(self, name: str) -> None:
        super().__init__(words.missing(name.rpartition("/")[2]), words.KEPT_FOR_A_TIME)
        self.name = name

    def __reduce__(self) -> tuple[type[FileMissing], tuple[str]]:
        return FileMissing, (self.name,)


class FileDamaged(StorageError):
    """The file's content is not what was stored."""

    def __init__(self, name: str) -> None:
        super().__init__(words.damaged(name.rpartition("/")[2]), words.STORE_AGAIN)
        self.name = name

    def __reduce__(self) -> tuple[type[FileDamaged], tuple[str]]:
        return FileDamaged, (self.name,)
