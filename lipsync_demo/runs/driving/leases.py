"""Leases: the right of one process to drive a run or a group, for one attempt.

A lease has an owner, a token and an expiry.  A record's row holds the token of the lease it is
driven under; whoever finds an expired token there may take the record over.
"""

from __future__ import annotations

import itertools
import secrets
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

_LOCK = ".lock"
"""Ending of the file that a process holds locked."""

_HOST = ".host"
"""Ending of the file that says that its process takes over local runs."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive one record for one attempt.

    Attributes:
        owner: the name of the process that holds it.
        token: what the record's row is marked with, at most 64 characters, new for each attempt.
        expires_at: when it ends unless it is renewed; None while it lasts as long as its process.
    """

    owner: str
    token: str
    expires_at: datetime | None = None


class Leases(Protocol):
    """The leases of one process, and whether those of other processes are still held.

    Where they are held is not said: in files of one machine, or in a database that several
    machines share, where the implementation renews them before they expire.
    """

    def acquire(self) -> Lease:
        """A lease for one attempt to drive a record."""

    def held(self, token: str) -> bool:
        """True until the lease with this token has expired or its owner has closed."""

    def host_local(self) -> None:
        """Tell other processes that this one takes over local runs that no process drives."""

    def local_hosted(self) -> bool:
        """True while another process takes over local runs that no process drives."""

    def close(self) -> None:
        """Give up all leases of this process."""


class FileLeases:
    """Leases on one machine, each as long as its process: a file lock the system releases.

    A process holds one lock file, which it makes with its first lease, and its tokens name
    that file.  After a crash, also kill -9, its leases are over at once: there is no time to
    wait for and no clock to trust, and one file is open however many runs wait.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.owner = secrets.token_hex(8)
        # Not by thread: it is taken by one thread and asked for by another.
        self._lock = FileLock(self._path(self.owner, _LOCK), thread_local=False)
        self._opening = threading.Lock()
        self._attempts = itertools.count(1)

    def acquire(self) -> Lease:
        """A lease for one attempt to drive a record, which lasts as long as this process."""
        self._hold()
        return Lease(self.owner, f"{self.owner}:{next(self._attempts)}")

    def held(self, token: str) -> bool:
        """True while the process that made `token` runs."""
        owner = token.partition(":")[0]
        if owner == self.owner:
            return self._lock.is_locked
        path = self._path(owner, _LOCK)
        if not path.exists():
            return False
        lock = FileLock(path)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            return True
        self._remove(owner)
        lock.release()
        return False

    def host_local(self) -> None:
        """Tell other processes that this one takes over local runs that no process drives."""
        self._hold()
        self._path(self.owner, _HOST).touch()

    def local_hosted(self) -> bool:
        """True while another process takes over local runs that no process drives."""
        names = [path.stem for path in self._folder.glob(f"*{_HOST}")]
        return any(name != self.owner and self.held(name) for name in names)

    def close(self) -> None:
        """Give up all leases of this process."""
        if self._lock.is_locked:
            self._remove(self.owner)
            self._lock.release()

    def _hold(self) -> None:
        with self._opening:
            if not self._lock.is_locked:
                self._folder.mkdir(parents=True, exist_ok=True)
                self._lock.acquire()

    def _path(self, owner: str, suffix: str) -> Path:
        return self._folder / f"{owner}{suffix}"

    def _remove(self, owner: str) -> None:
        for suffix in (_HOST, _LOCK):
            self._path(owner, suffix).unlink(missing_ok=True)
