"""Copies of runs' files on a machine that has an object store: stored, bounded, deleted."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path

from lipsync_demo.files import files_below
from lipsync_demo.runs.record.clock import microseconds, now
from lipsync_demo.runs.storage.kept_files import GROUPS, RUNS, Kept
from lipsync_demo.runs.storage.run_files import FilesInStore, kept_below
from lipsync_demo.storage import StorageError

FLUSH_SECONDS = 1.0
"""Seconds between looks for folders that are to be stored soon."""

SWEEP_SECONDS = 20.0
"""Seconds after which a deletion on another machine is known here."""

AWAY_SECONDS = 30.0
"""Seconds until a store that was away is asked again."""

ORPHAN_SECONDS = 24 * 3600
"""Seconds after which files without a record are deleted: a killed process has left them."""

DELETED_SECONDS = 90 * 24 * 3600
"""Seconds for which machines that are off can learn that something was deleted."""

USED_SECONDS = 3600.0
"""Seconds for which copies stay after they were asked for: somebody may be watching."""

logger = logging.getLogger(__name__)


class Copies:
    """The job that keeps this machine's copies in step with the store.

    Args:
        data_dir: the folder with `runs` and `groups`.
        limit: bytes that copies of runs at rest may have; older ones are removed.
        clear: removes a folder, and all that was made of its files on this machine.
    """

    fetches_for = None
    turn = ""

    def __init__(
        self, files: FilesInStore, data_dir: Path, limit: int, clear: Callable[[Path], None]
    ) -> None:
        self._files = files
        self._root = data_dir
        self._limit = limit
        self._clear = clear
        self._next = 0.0
        self._adopted = False

    @property
    def is_long(self) -> bool:
        """Whether the next step sends or deletes something."""
        return bool(self._files.waiting) or time.monotonic() >= self._next

    def step(self) -> float:
        """Store what waits for it; from time to time, delete what is deleted or too much."""
        try:
            self._files.flush()
            if time.monotonic() >= self._next:
                self._sweep()
                self._next = time.monotonic() + SWEEP_SECONDS
        except StorageError as error:
            logger.warning("Copies of runs are stored later. %s", error.what)
            return AWAY_SECONDS
        return FLUSH_SECONDS

    def _sweep(self) -> None:
        self._files.table.forget_orphans(microseconds(now()) - ORPHAN_SECONDS * 1_000_000)
        self._follow_deletions()
        runs = {folder for folder in _entries(self._root / RUNS) if not folder.name.startswith(".")}
        if not self._adopted:
            self._files.remove_arriving(time.time() - ORPHAN_SECONDS)
            self._adopt(runs)
            self._adopted = True
        self._bound(runs)

    def _follow_deletions(self) -> None:
        table, before = self._files.table, microseconds(now()) - DELETED_SECONDS * 1_000_000
        for deleted in table.deleted():
            folder = self._root / deleted.place
            if folder.is_dir():
                self._clear(folder)
            if not deleted.cleared or deleted.deleted_us < before:
                self._files.clear(deleted.place)
            if deleted.deleted_us < before:
                table.bury([deleted.place])
        for folder in _entries(self._root / GROUPS):
            known = self._files.known(folder)
            for name, path in kept_below(folder) if known else ():
                if name not in known:
                    path.unlink(missing_ok=True)

    def _adopt(self, runs: Collection[Path]) -> None:
        """Have stored what was written before there was a store, or by a process that was killed.

        What belongs to a run under way is stored by whoever drives it.
        """
        known = self._files.table.at_rest([folder.name for folder in runs])
        for folder in runs:
            if folder.name in known and not _all_stored(folder, known[folder.name]):
                self._files.later(folder)
        for folder in _entries(self._root / GROUPS):
            if not folder.name.startswith(".") and not self._files.known(folder):
                self._files.later(folder)

    def _bound(self, runs: Collection[Path]) -> None:
        """Remove copies that were not asked for longest, until the others fit the limit."""
        sizes = {folder: _size(folder) for folder in runs}
        left = sum(sizes.values()) - self._limit
        if left <= 0:
            return
        before = time.time() - USED_SECONDS
        used = {folder: max(self._files.used.get(folder, 0.0), _changed(folder)) for folder in runs}
        idle = sorted((one for one in runs if used[one] <= before), key=used.__getitem__)
        at_rest = self._files.table.at_rest([folder.name for folder in idle])
        for folder in idle:
            if left <= 0:
                return
            with suppress(OSError):
                if folder.name in at_rest and self._files.evict(folder, before):
                    left -= sizes[folder]


def _entries(folder: Path) -> list[Path]:
    with suppress(OSError):
        return [path for path in folder.iterdir() if path.is_dir()]
    return []


def _size(folder: Path) -> int:
    total = 0
    for path in files_below(folder):
        with suppress(OSError):
            total += path.stat().st_size
    return total


def _changed(folder: Path) -> float:
    with suppress(OSError):
        return folder.stat().st_mtime
    return 0.0


def _all_stored(folder: Path, known: Mapping[str, Kept]) -> bool:
    with suppress(OSError):
        return all(
            name in known and known[name].size == path.stat().st_size
            for name, path in kept_below(folder)
        )
    return False
