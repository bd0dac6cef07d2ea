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

_LOCK, _HOST = ".lock", ".host"


class Owner:
    """This process's name among the drivers of runs."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = secrets.token_hex(8)
        self._lock = FileLock(self._path(self.name, _LOCK))
        self._lock.acquire()
        self._turns = itertools.count(1)

    def _path(self, name: str, suffix: str) -> Path:
        return self._folder / f"{name}{suffix}"

    def word(self) -> str:
        """A new word for driving one run once; an older one of the same run is void."""
        return f"{self.name}:{next(self._turns)}"

    def alive(self, word: str) -> bool:
        """True while the process that made `word` runs."""
        name = word.partition(":")[0]
        if name == self.name:
            return True
        path = self._path(name, _LOCK)
        if not path.exists():
            return False
        lock = FileLock(path)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        self._remove(name)
        lock.release()
        return False

    def host_local(self) -> None:
        """Tell other processes that this one picks up local runs nobody drives."""
        self._path(self.name, _HOST).touch()

    def local_hosted(self) -> bool:
        """True while another process picks up local runs nobody drives."""
        names = [path.stem for path in self._folder.glob(f"*{_HOST}")]
        return any(name != self.name and self.alive(name) for name in names)

    def close(self) -> None:
        """Let go; what this process still drove is free for others."""
        self._remove(self.name)
        self._lock.release()

    def _remove(self, name: str) -> None:
        for suffix in (_HOST, _LOCK):
            self._path(name, suffix).unlink(missing_ok=True)
