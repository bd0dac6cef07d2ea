"""Whether there is room for more files: quotas, and what is left on the disk.

A quota is for one visitor, for everybody at one address, and for all visitors together.  The disk
has two marks: below the low one no new files are taken, above the high one they are again.  What
running jobs are still going to write is not given away.
"""

from __future__ import annotations

import math
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lipsync_demo.access import words
from lipsync_demo.access.asker import Asker, asker
from lipsync_demo.access.errors import NoRoom
from lipsync_demo.access.holdings import ALL, Holdings, keys_of
from lipsync_demo.languages import joined
from lipsync_demo.settings import Quota, Settings

ADDRESS = 3
"""Everybody at one address may keep so many visitors' worth."""

FRESH_SECONDS = 1.0
"""Seconds for which what was counted holds."""

Counted = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """Files that are being written: whose, how large and how many, and the most they can be."""

    by: Asker
    size: int
    files: int
    most: int


class Room:
    """The room of one data folder; `promised` returns the bytes that running jobs still need."""

    def __init__(
        self, settings: Settings, holdings: Holdings, promised: Callable[[], int] = lambda: 0
    ) -> None:
        self._settings = settings
        self._holdings = holdings
        self._promised = promised
        self._lock = threading.Lock()
        self._low = False
        self._taken: list[_Part] = []
        self._counted: tuple[Counted, Counted] = Counter(), Counter()
        self._running = 0
        self._until = 0.0

    def refusal(self, size: int = 0, files: int = 0) -> NoRoom | None:
        """Why the visitor who asks cannot keep more files of `size` bytes; None if they can."""
        with self._lock:
            return self._refusal(asker() or Asker(), size, files)

    def check(self, size: int = 0, files: int = 0) -> None:
        """Check that the visitor who asks can keep more files of `size` bytes.

        Raises:
            NoRoom: they cannot.
        """
        refusal = self.refusal(size, files)
        if refusal is not None:
            raise refusal

    @contextmanager
    def taking(
        self, size: int, files: int = 1, *, most: int | None = None
    ) -> Iterator[Callable[[Path], None]]:
        """Keep room for files while they are written, and yield what says where they are.

        `size` counts for the quotas, and the `most` they can be for the disk.

        Raises:
            NoRoom: there is none.
        """
        by = asker()
        part = _Part(by or Asker(), size, files, size if most is None else most)
        with self._lock:
            refusal = self._refusal(part.by, size, files, part.most)
            if refusal is not None:
                raise refusal
            self._taken.append(part)
        try:
            yield lambda path: self.belongs(path, by)
        finally:
            with self._lock:
                self._taken.remove(part)
                self._until = 0.0

    def belongs(self, path: Path, by: Asker | None = None) -> None:
        """Count a file for a visitor, by default for the one who asks."""
        with self._lock:
            self._holdings.belongs(path, by or asker())

    def nearly_full(self) -> str | None:
        """What is to be said of the disk now; None while it has room."""
        with self._lock:
            self._count()
            return words.DISK_LOW if self._left()[1] else None

    def _refusal(self, by: Asker, size: int, files: int, most: int | None = None) -> NoRoom | None:
        self._count()
        left, low = self._left()
        writing = sum(part.most for part in self._taken) + (size if most is None else most)
        if low or left - writing < self._mark():
            return NoRoom(words.DISK_LOW, words.DISK_LOW_HINT)
        for key, quota in self._quotas(by):
            over = self._over(key, quota, size, files)
            if over is not None:
                return over
        return None

    def _quotas(self, by: Asker) -> list[tuple[tuple[str, str], Quota]]:
        found, each, total = [], self._settings.kept_by_visitor, self._settings.kept_by_all
        if each is not None:
            many = Quota(each.size * ADDRESS, each.files and each.files * ADDRESS)
            found = [(key, each if key[0] == "visitor" else many) for key in keys_of(by)]
        return found if total is None else [*found, (ALL, total)]

    def _over(self, key: tuple[str, str], quota: Quota, size: int, files: int) -> NoRoom | None:
        """Why a quota would be exceeded; None if it would not."""
        whose, (sizes, counts) = words.WHOSE[key[0]], self._counted
        taken = [part for part in self._taken if key == ALL or key in keys_of(part.by)]
        kept = sizes[key] + sum(part.size for part in taken)
        count = counts[key] + sum(part.files for part in taken)
        most, left = _megabytes(quota.size), quota.size - kept
        if size > quota.size:
            return NoRoom(whose.larger(size=_megabytes(size, math.ceil), most=most), words.SMALLER)
        if left <= 0:
            told = words.kept(_megabytes(kept), most)
            return NoRoom(joined(" ", (whose.kept, told)), whose.make_room)
        if size > left:
            what = whose.spare(size=_megabytes(size, math.ceil), left=_megabytes(left), most=most)
            return NoRoom(what, whose.smaller_or_room)
        if quota.files is not None and count + max(files, 1) > quota.files:
            told = words.files_kept(count, quota.files)
            return NoRoom(joined(" ", (whose.kept, told)), whose.make_room)
        return None

    def _count(self) -> None:
        if time.monotonic() < self._until:
            return
        self._running = self._promised()
        if self._settings.kept_by_visitor is not None or self._settings.kept_by_all is not None:
            self._counted = self._holdings.count()
        self._until = time.monotonic() + FRESH_SECONDS

    def _left(self) -> tuple[int, bool]:
        """Bytes that nobody needs yet, and whether they are too few."""
        disk = shutil.disk_usage(self._settings.data_dir)
        left, high = disk.free - self._running, self._settings.high_mark.of(disk.total)
        self._low = left < self._mark() or (self._low and left < high)
        return left, self._low

    def _mark(self) -> int:
        return self._settings.low_mark.of(shutil.disk_usage(self._settings.data_dir).total)


def _megabytes(size: int, rounded: Callable[[float], int] = math.floor) -> str:
    """To a tenth: what is left is never told too large, nor with `math.ceil` a file too small."""
    return f"{rounded(size * 10 / 2**20) / 10:g}\N{NO-BREAK SPACE}MB"
