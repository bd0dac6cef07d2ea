"""Whose files lie in the data folder, and how large they are: uploads, runs, groups."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from lipsync_demo.access.asker import Asker
from lipsync_demo.files import files_below
from lipsync_demo.media.formats import PREVIEW

Kind = Literal["uploads", "runs", "groups"]
Owners = Callable[[Kind, Collection[str]], Mapping[str, str | None]]
Sizes = Mapping[str, tuple[int, int]]
"""Bytes and number of the files of places such as `runs/0f…`."""

SAMPLE = "sample"
"""Name of the folder among the uploads that is the page's own."""

PART = ".part-"
"""Beginning of the names of folders in which uploads are written."""

ALL = ("all", "")
"""Whose everything is."""


@dataclass(slots=True)
class _Folder:
    """A folder as it was when it last changed."""

    changed: int
    size: int
    files: int
    made: int
    """Bytes of copies that the app made for itself: they count in all, but for no visitor."""
    copies: int
    """How many these are."""


class Holdings:
    """What is kept in a data folder.

    Who brought an upload is known to the process that took it; whose a run or group is, `owners`
    tells for their ids, so that it is known after a restart, too.  `elsewhere` tells what lies in
    an object store, of which this folder has copies.
    """

    def __init__(
        self, data_dir: Path, owners: Owners, elsewhere: Callable[[], Sizes] = dict
    ) -> None:
        self._root = data_dir
        self._owners = owners
        self._elsewhere = elsewhere
        self._folders: dict[Path, _Folder] = {}
        self._whose: dict[Path, set[Asker]] = {}
        self._lock = threading.Lock()

    def belongs(self, path: Path, by: Asker | None) -> None:
        """Count the folder directly below `uploads/<port>`, `runs` or `groups` for this visitor.

        What lies elsewhere is not counted.
        """
        folder = self._folder(path)
        if by is not None and folder is not None:
            with self._lock:
                self._whose.setdefault(folder, set()).add(by)

    def visitors(self, path: Path) -> set[str]:
        """The visitors who are known to have brought the folder of a file."""
        folder = self._folder(path)
        with self._lock:
            known = () if folder is None else tuple(self._whose.get(folder, ()))
        return {by.visitor for by in known if by.visitor is not None}

    def remove(self, path: Path, mine: Collection[str | None]) -> bool:
        """Remove a file unless anybody but these visitors has brought its folder; say whether.

        Raises:
            OSError: it cannot be removed.
        """
        folder = self._folder(path)
        with self._lock:
            known = () if folder is None else self._whose.get(folder, ())
            theirs = any(by.visitor not in mine for by in known if by.visitor is not None)
            if not theirs:
                path.unlink()
            return not theirs

    def count(self) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
        """Bytes and files by `("visitor", owner)`, `("address", origin)`, and of all."""
        sizes: Counter[tuple[str, str]] = Counter()
        files: Counter[tuple[str, str]] = Counter()
        found: dict[Path, _Folder] = {}
        named: dict[Kind, list[str]] = {"runs": [], "groups": []}
        with self._lock:
            before = set(self._whose)
        for _, path in self._places():
            folder = self._measured(path)
            if folder is not None:
                found[path] = folder
        for place, (size, count) in self._elsewhere().items():
            path = self._root / place
            if path not in found or found[path].size < size:
                found[path] = _Folder(0, size, count, 0, 0)
        for path in found.keys() - before:
            if path.parent in (self._root / kind for kind in named):
                named[cast("Kind", path.parent.name)].append(path.name)
        self._folders = found
        told = {
            self._root / kind / name: Asker(visitor=owner)
            for kind, names in named.items()
            for name, owner in (self._owners(kind, names) if names else {}).items()
        }
        with self._lock:
            # What is gone is nobody's; what came meanwhile was not looked for.
            for path in before - found.keys():
                self._whose.pop(path, None)
            for path, owner in told.items():
                self._whose.setdefault(path, {owner})
            whose = {path: tuple(self._whose.get(path, ())) for path in found}
        for path, folder in found.items():
            keys = {key for by in whose[path] for key in keys_of(by)}
            sizes[ALL] += folder.size
            files[ALL] += folder.files
            for key in keys:
                sizes[key] += folder.size - folder.made
                files[key] += folder.files - folder.copies
        return sizes, files

    def _folder(self, path: Path) -> Path | None:
        """What is counted as one, in which a path lies; None for what is not counted."""
        root, place = self._root.resolve(), path.resolve()
        if not place.is_relative_to(root):
            return None
        parts = place.relative_to(root).parts
        return self._root.joinpath(*parts[: 3 if parts[0] == "uploads" else 2])

    def _places(self) -> Iterator[tuple[Kind, Path]]:
        for port in _entries(self._root / "uploads"):
            for entry in _entries(port):
                if entry.name != SAMPLE:
                    yield "uploads", entry
        for kind in ("runs", "groups"):
            for entry in _entries(self._root / kind):
                yield kind, entry

    def _measured(self, path: Path) -> _Folder | None:
        try:
            changed = path.stat().st_mtime_ns
            known = self._folders.get(path)
            if known is not None and known.changed == changed:
                return known
            files = [path] if path.is_file() else files_below(path)
            states = {entry: entry.stat() for entry in files}
        except OSError:  # it went meanwhile
            return None
        # The same content under several names lies on the disk once.
        once = {(state.st_dev, state.st_ino): entry for entry, state in states.items()}
        sizes = {entry: states[entry].st_size for entry in once.values()}
        made = [size for entry, size in sizes.items() if _original(entry) in states]
        return _Folder(changed, sum(sizes.values()), len(sizes), sum(made), len(made))


def _original(path: Path) -> Path | None:
    """What a file would be the preview of; None for one that is none."""
    is_preview = path.name.endswith(PREVIEW)
    return path.with_name(path.name.removesuffix(PREVIEW)) if is_preview else None


def keys_of(by: Asker) -> list[tuple[str, str]]:
    """Under which names a visitor's files are counted."""
    named = (("visitor", by.owner), ("address", by.origin))
    return [(whose, name) for whose, name in named if name is not None]


def _entries(folder: Path) -> list[Path]:
    """What lies in a folder but hidden files, which are being written or removed."""
    try:
        with os.scandir(folder) as found:
            return [Path(entry.path) for entry in found if not entry.name.startswith(".")]
    except OSError:
        return []
