"""Files in a folder of this machine, or one that machines share."""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from lipsync_demo.data_folder import check
from lipsync_demo.files import digest
from lipsync_demo.storage.base import Progress, Stored
from lipsync_demo.storage.errors import FileMissing

PIECE_BYTES = 1 << 20
"""Bytes read at a time."""


class FolderStorage:
    """A `Storage` below `root`.

    Its files are trusted as the file system's: `fetch` gives them as they are.
    """

    remote = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self._naming = threading.Lock()

    def check(self, *, writing: bool = True) -> None:
        """Check that the folder can be written.

        Raises:
            OSError: it cannot.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        if writing:
            check(self._root)

    def here(self, name: str) -> Path:
        return self._root / name

    def about(self, name: str) -> Stored | None:
        path = self._root / name
        try:
            found = path.stat()
        except FileNotFoundError:
            return None
        return Stored(name, found.st_size, found.st_mtime_ns // 1_000_000)

    def checksum(self, name: str) -> str:
        with _found(name):
            return digest(self._root / name)

    def put(
        self, name: str, path: Path, *, new: bool = False, on_progress: Progress | None = None
    ) -> None:
        part = self._part(name)
        try:
            shutil.copyfile(path, part)
            if on_progress is not None:
                size = part.stat().st_size
                on_progress(size, size)
            self._rename(part, name, new)
        finally:
            part.unlink(missing_ok=True)

    def take(self, name: str, path: Path, *, new: bool = False) -> None:
        if path.stat().st_dev == self._folder(name).stat().st_dev:
            self._rename(path, name, new)
        else:
            self.put(name, path, new=new)
            path.unlink()

    def read(self, name: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        with _found(name):
            file = (self._root / name).open("rb")
        with file:
            file.seek(start)
            left = os.fstat(file.fileno()).st_size if end is None else end - start
            while left > 0 and (piece := file.read(min(PIECE_BYTES, left))):
                left -= len(piece)
                yield piece

    def fetch(self, name: str, folder: Path) -> Path:
        path = self._root / name
        if not path.is_file():
            raise FileMissing(name)
        return path

    def delete(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def listed(self, prefix: str) -> Iterator[Stored]:
        folder = self._root / prefix
        with suppress(FileNotFoundError):
            for entry in os.scandir(folder):
                with suppress(FileNotFoundError):  # somebody else deletes
                    if entry.is_file() and not entry.name.endswith(".part"):
                        found = entry.stat()
                        changed = found.st_mtime_ns // 1_000_000
                        yield Stored(f"{prefix}{entry.name}", found.st_size, changed)

    def get_link(self, name: str, seconds: int) -> None:
        return None

    def put_link(self, name: str, size: int, content_type: str, seconds: int) -> None:
        return None

    def _folder(self, name: str) -> Path:
        folder = (self._root / name).parent
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _part(self, name: str) -> Path:
        base = name.rpartition("/")[2]
        return self._folder(name) / f"{base}.{secrets.token_hex(4)}.part"

    def _rename(self, path: Path, name: str, new: bool) -> None:
        target = self._root / name
        with self._naming:
            if new and target.exists():
                raise FileExistsError(target)
            path.replace(target)


@contextmanager
def _found(name: str) -> Iterator[None]:
    """Turn the system's error for a file that is not there into `FileMissing`."""
    try:
        yield
    except FileNotFoundError:
        raise FileMissing(name) from None
