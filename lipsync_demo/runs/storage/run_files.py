"""The files of runs and groups where several machines share them.

What everything reads are files of this machine.  With an object store each of its machines has
copies of what it needs: a step stores what it has written before the record says that it is done,
and who needs files that are not here fetches them first.  Content is never overwritten: a file's
name in the store is its checksum, and which one is valid is in the database, written under the
lease that drives the run.
"""

from __future__ import annotations

import logging
import re
import secrets
import shutil
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from fnmatch import fnmatch
from pathlib import Path
from typing import Final, Protocol

from lipsync_demo.database import Lost
from lipsync_demo.files import content_hash, digest, files_below, private_folder
from lipsync_demo.media.formats import PREVIEW
from lipsync_demo.runs.record.errors import GroupNotFound, RunNotFound
from lipsync_demo.runs.storage.kept_files import Kept, KeptFiles
from lipsync_demo.runs.storage.record_table import ANYBODY
from lipsync_demo.storage import FileDamaged, FileMissing, Storage, StorageError

LOG: Final = "responses.jsonl"
"""A file that only grows: the longer one is the newer."""

INPUTS: Final = ("video/*", "audio/*")
"""Patterns of the names of inputs."""

_OWN = ("run.json",)
"""Files that each machine writes from the record."""

_LOCKS = 64
_MOST_HASHES = 20_000
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")

logger = logging.getLogger(__name__)


class RunFiles(Protocol):
    """Keeps the files of the folders of runs and groups where other machines find them."""

    def keep(self, folder: Path, *, token: str | None = ANYBODY, new: bool = False) -> None:
        """Store what was written in a folder since it was last stored.

        With `token`, only while that lease drives the record; with `new`, the record is yet to be
        written.

        Raises:
            Lost: the record is driven under another lease.
            RunNotFound, GroupNotFound: it was deleted.
            StorageUnusable: the store is away for longer than it is waited for.
        """

    def later(self, folder: Path) -> None:
        """Have the same done soon; what is lost before can be made again."""

    def bring(self, folder: Path, *patterns: str) -> None:
        """Fetch what is not in a folder, or only files whose names match.

        What the store has lost or damaged stays away, with a line in the log.

        Raises:
            StorageUnusable: the store is away for longer than it is waited for.
        """

    def look(self, folder: Path, *patterns: str) -> None:
        """The same for who shows what there is: a store that is away is no error."""

    def known(self, folder: Path) -> Mapping[str, Kept]:
        """The files of a folder in the store, by their names."""

    def drop(self, folder: Path, names: Sequence[str]) -> None:
        """Delete some files of a folder from the store."""

    def forget(self, folder: Path) -> None:
        """Delete a folder from the store, after its record; other machines delete theirs soon."""


class FilesHere:
    """`RunFiles` without a store: every process sees the folders themselves."""

    def keep(self, folder: Path, *, token: str | None = ANYBODY, new: bool = False) -> None:
        return

    def later(self, folder: Path) -> None:
        return

    def bring(self, folder: Path, *patterns: str) -> None:
        return

    def look(self, folder: Path, *patterns: str) -> None:
        return

    def known(self, folder: Path) -> Mapping[str, Kept]:
        return {}

    def drop(self, folder: Path, names: Sequence[str]) -> None:
        return

    def forget(self, folder: Path) -> None:
        return


class FilesInStore:
    """`RunFiles` in an object store; `arriving` is a folder for files that are being fetched.

    Attributes:
        table: which files are in the store.
        waiting: folders to be stored soon.
        used: seconds since 1970 when a folder was last asked for.
    """

    def __init__(self, storage: Storage, table: KeptFiles, arriving: Path) -> None:
        self.table = table
        self.waiting: set[Path] = set()
        self.used: dict[Path, float] = {}
        self._storage = storage
        self._arriving = arriving
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._hashes: dict[Path, tuple[int, int, str]] = {}

    def keep(self, folder: Path, *, token: str | None = ANYBODY, new: bool = False) -> None:
        place = place_of(folder)
        with self._locked(folder):
            changed = self._changed(folder)
            if not changed:
                return
            if new:
                self.table.promise(place, changed)
            for name, kept in changed.items():
                self._storage.put(_blob(place, name, kept), folder / name)
            if new:
                return
            try:
                self.table.write(place, changed, token)
            except (RunNotFound, GroupNotFound):
                self._clear(place)
                raise

    def later(self, folder: Path) -> None:
        self.waiting.add(folder)

    def flush(self) -> None:
        """Store the folders that wait for it.

        Raises:
            StorageUnusable: the store is away for longer than it is waited for.
        """
        for folder in list(self.waiting):
            self.waiting.discard(folder)
            try:
                self.keep(folder)
            except (RunNotFound, GroupNotFound, Lost, FileNotFoundError):
                continue
            except StorageError:
                self.waiting.add(folder)
                raise

    def bring(self, folder: Path, *patterns: str) -> None:
        place = place_of(folder)
        self.used[folder] = time.time()
        with self._locked(folder):
            for name, kept in self.table.of(place).items():
                wanted = not patterns or any(fnmatch(name, pattern) for pattern in patterns)
                if wanted and not self._is_here(folder, name, kept):
                    self._fetch(folder, name, kept)

    def look(self, folder: Path, *patterns: str) -> None:
        try:
            self.bring(folder, *patterns)
        except StorageError as error:
            logger.warning("The files of %s cannot be fetched: %s", folder.name, error.what)

    def known(self, folder: Path) -> Mapping[str, Kept]:
        return self.table.of(place_of(folder))

    def drop(self, folder: Path, names: Sequence[str]) -> None:
        place = place_of(folder)
        with self._locked(folder):
            known = dict(self.table.of(place))
            gone = {name: known.pop(name) for name in names if name in known}
            self.table.drop(place, list(gone))
            left = {_blob(place, name, kept) for name, kept in known.items()}
            for blob in {_blob(place, name, kept) for name, kept in gone.items()} - left:
                self._storage.delete(blob)

    def forget(self, folder: Path) -> None:
        place = place_of(folder)
        self.waiting.discard(folder)
        self.used.pop(folder, None)
        self.table.forget(place)
        try:
            self.clear(place)
        except StorageError as error:
            # It is tried again: the table knows that it is not done.
            logger.warning("The store still has the files of %s: %s", place, error.what)

    def clear(self, place: str) -> None:
        """Delete all that the store has of a deleted place.

        Raises:
            StorageUnusable: the store is away for longer than it is waited for.
        """
        self._clear(place)
        self.table.cleared(place)

    def evict(self, folder: Path, unused_since: float) -> bool:
        """Remove this machine's copy of a folder that nobody has asked for since; whether it is.

        It stays where the store has not all of it.
        """
        with self._locked(folder):
            known, used = self.known(folder), self.used.get(folder, 0.0)
            stored = all(
                name in known and known[name].size == path.stat().st_size
                for name, path in kept_below(folder)
            )
            if used > unused_since or folder in self.waiting or not (known and stored):
                return False
            # Renamed first, so that nobody finds half of it.
            gone = folder.with_name(f".deleted-{folder.name}")
            folder.rename(gone)
        shutil.rmtree(gone, ignore_errors=True)
        self.used.pop(folder, None)
        return True

    def remove_arriving(self, before: float) -> None:
        """Remove what processes that were killed had fetched in part, before this moment."""
        with suppress(FileNotFoundError):
            for left in list(self._arriving.iterdir()):
                if left.stat().st_mtime < before:
                    shutil.rmtree(left, ignore_errors=True)

    def _clear(self, place: str) -> None:
        for stored in list(self._storage.listed(f"{place}/")):
            self._storage.delete(stored.name)

    def _changed(self, folder: Path) -> dict[str, Kept]:
        known, found = self.table.of(place_of(folder)), {}
        for name, path in kept_below(folder):
            # What others remove, or write anew, meanwhile is stored when they say so.
            with suppress(FileNotFoundError):
                kept = Kept(self._hash(path), path.stat().st_size)
                if known.get(name) != kept:
                    found[name] = kept
        return found

    def _is_here(self, folder: Path, name: str, kept: Kept) -> bool:
        path = folder / name
        try:
            size = path.stat().st_size
            if name == LOG or folder in self.waiting:
                return size >= kept.size
            return size == kept.size and self._hash(path) == kept.sha256
        except FileNotFoundError:
            return False

    def _hash(self, path: Path) -> str:
        """The hash of a file, remembered for more files than one page shows."""
        state = path.stat()
        known = self._hashes.get(path)
        if known is None or known[:2] != (state.st_mtime_ns, state.st_size):
            if len(self._hashes) >= _MOST_HASHES:
                self._hashes.clear()
            known = state.st_mtime_ns, state.st_size, content_hash(path)
            self._hashes[path] = known
        return known[2]

    def _fetch(self, folder: Path, name: str, kept: Kept) -> None:
        blob = _blob(place_of(folder), name, kept)
        arriving = private_folder(self._arriving / secrets.token_hex(8))
        try:
            path = self._storage.fetch(blob, arriving)
            if digest(path) != kept.sha256:
                raise FileDamaged(blob)
            target = folder / name
            folder.mkdir(parents=True, mode=0o700, exist_ok=True)
            target.parent.mkdir(mode=0o700, exist_ok=True)
            path.replace(target)
        except (FileMissing, FileDamaged) as error:
            logger.warning("%s of %s: %s", name, place_of(folder), error.what)
        finally:
            shutil.rmtree(arriving, ignore_errors=True)

    def _locked(self, folder: Path) -> threading.Lock:
        return self._locks[hash(folder) % _LOCKS]


HERE: Final[RunFiles] = FilesHere()


def place_of(folder: Path) -> str:
    """The name of a folder on all machines, such as `runs/0f…`."""
    return "/".join(folder.parts[-2:])


def kept_below(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and path of each file that is stored; copies for browsers are made anew elsewhere."""
    for path in files_below(folder):
        name = path.relative_to(folder).as_posix()
        if name not in _OWN and not name.endswith((".part", PREVIEW)):
            yield name, path


def _blob(place: str, name: str, kept: Kept) -> str:
    suffix = Path(name).suffix.lower()
    return f"{place}/{kept.sha256}{suffix if _SUFFIX.fullmatch(suffix) else ''}"
