"""Which process drives a run, told by a file lock that dies with its process.

Each service holds one lock file for its life; a run's owner names that file.  After a
crash the operating system has released the lock, so the run is free at once: no lease
that must run out, no clock to trust, one open file however many runs wait.
"""

from __future__ import annotations

import itertools
import secrets
from pathlib import Path

from filelock import FileLock, Timeout


class Owner:
    """This process's name among the drivers of runs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = secrets.token_hex(8)
        self._lock = FileLock(self._path(self.name))
        self._lock.acquire()
        self._turns = itertools.count(1)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.lock"

    def turn(self) -> str:
        """A new word for driving one run once; an older turn of the same run is void."""
        return f"{self.name}:{next(self._turns)}"

    def alive(self, turn: str) -> bool:
        """True while the process that made `turn` runs."""
        name = turn.partition(":")[0]
        if name == self.name:
            return True
        path = self._path(name)
        if not path.exists():
            return False
        lock = FileLock(path)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        path.unlink(missing_ok=True)
        lock.release()
        return False

    def close(self) -> None:
        """Let go; what this process still drove is free for others."""
        self._path(self.name).unlink(missing_ok=True)
        self._lock.release()
