"""The interface of both storages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

Progress = Callable[[int, int], object]
"""Called with the bytes that are stored so far, and all."""

ANALYSES: Final = "analyses/"
"""Folder of what machines have found in media."""


@dataclass(frozen=True)
class Stored:
    """A file in a storage; `size` in bytes, `changed_ms` in UTC milliseconds since 1970."""

    name: str
    size: int
    changed_ms: int


class Storage(Protocol):
    """Files by name, such as `outputs/0f.mp4`.

    A file is there as a whole or not at all.  Methods raise `StorageUnusable` when the storage
    cannot be reached for long; a folder's raise `OSError`.
    """

    @property
    def remote(self) -> bool:
        """Whether files are on another machine, and must be fetched."""
        ...

    def check(self, *, writing: bool = True) -> None:
        """Check that files can be written and read, or only that the storage can be reached.

        Raises:
            StorageUnusable: they cannot; the error says why.
        """

    def here(self, name: str) -> Path | None:
        """The file itself where the storage is a folder of this machine; None elsewhere."""

    def about(self, name: str) -> Stored | None:
        """What is known of a file; None if it is missing."""

    def checksum(self, name: str) -> str | None:
        """Hexadecimal SHA-256 of a file; None if it came by `put_link`, which notes none.

        Raises:
            FileMissing: there is no such file.
        """

    def put(
        self, name: str, path: Path, *, new: bool = False, on_progress: Progress | None = None
    ) -> None:
        """Store a copy of the file at `path`.

        An error of `on_progress`, which may be called in another thread, ends it.

        Raises:
            FileExistsError: with `new`, if there is a file of this name.
        """

    def take(self, name: str, path: Path, *, new: bool = False) -> None:
        """Store the file at `path`, which is gone afterwards; otherwise as `put`."""

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, in pieces; None is the end of the file.

        Raises:
            FileMissing: there is no such file.
            FileDamaged: its content, read as a whole, is not what was stored.
        """

    def fetch(self, name: str, folder: Path) -> Path:
        """A file of this machine with the content, whose checksum was verified.

        It is the file itself where the storage is a folder, and otherwise a copy in `folder`.

        Raises:
            FileMissing: there is no such file.
            FileDamaged: its content is not what was stored.
        """

    def delete(self, name: str) -> None:
        """Delete a file, if it exists."""

    def listed(self, prefix: str) -> Iterator[Stored]:
        """All files of a folder, such as `outputs/`."""

    def get_link(self, name: str, seconds: int) -> str | None:
        """A URL to download a file for so long; None where clients do not reach the storage."""

    def put_link(self, name: str, size: int, content_type: str, seconds: int) -> str | None:
        """The same to upload a new file of so many bytes, with its type and `If-None-Match: *`."""
