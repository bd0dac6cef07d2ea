"""Leases: one process's exclusive right to drive a run or group, for one attempt.

A lease has an owner, a token and an expiry.  A record's row holds the token of its lease; a
process that finds an expired token there may take the record over.
"""

from __future__ import annotations

import itertools
import os
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from lipsync_demo.files import private_folder

_LOCK = ".lock"
"""Extension of the file that a process keeps locked."""

HOST = ".host"
"""Extension of the file that marks a process as one that takes over local runs."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to drive one record for one attempt.

    Attributes:
        owner: name of the process that holds it.
        token: value stored in the record's row, at most 64 characters, new for each attempt.
        expires_at: when it ends unless renewed; None for a lease that lasts as long as its process.
    """

    owner: str
    token: str
    expires_at: datetime | None = None


class Leases(Protocol):
    """Acquires leases for this process and tells whether those of others are still held.

    An implementation may keep them in files on one machine, or in a database that several machines
    share, where it renews them before they expire.

    Attributes:
        owner: name of this process, with which its tokens begin, before a colon.
    """

    owner: str

    def acquire(self) -> Lease:
        """Return a lease for one attempt to drive a record."""

    def held(self, token: str) -> bool:
        """Whether the lease with this token has neither expired nor been released."""

    def host_local(self) -> None:
        """Announce that this process takes over local runs that no process drives."""

    def local_hosted(self) -> bool:
        """Whether another process takes over local runs that no process drives."""

    def call(self) -> None:
        """Tell the processes that take over local runs that there is one, if they can be told."""

    def called(self) -> int:
        """A number that another process's `call` changes."""

    def close(self) -> None:
        """Release all leases of this process."""


class FileLeases:
    """Leases on one machine, based on a file lock that the system releases with its process.

    A process creates one lock file with its first lease, and its tokens name that file.  After a
    crash, even kill -9, its leases end at once: without a timeout, without a clock, and with one
    open file however many runs wait.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.owner = secrets.token_hex(8)
        # Not thread-local: one thread acquires it and others query it.
        self._lock = FileLock(self._path(self.owner, _LOCK), thread_local=False)
        self._opening = threading.Lock()
        self._attempts = itertools.count(1)

    def acquire(self) -> Lease:
        """Return a lease for one attempt to drive a record; it lasts as long as this process."""
        self._hold()
        return Lease(self.owner, f"{self.owner}:{next(self._attempts)}")

    def held(self, token: str) -> bool:
        """Whether the process that issued `token` is running."""
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
        """Announce that this process takes over local runs that no process drives."""
        self._hold()
        self._path(self.owner, HOST).touch()

    def local_hosted(self) -> bool:
        """Whether another process takes over local runs that no process drives."""
        names = [path.stem for path in self._folder.glob(f"*{HOST}")]
        return any(name != self.owner and self.held(name) for name in names)

    def call(self) -> None:
        """Tell the processes that take over local runs that there is one."""
        for path in self._folder.glob(f"*{HOST}"):
            with suppress(OSError):  # it has just ended
                os.utime(path)

    def called(self) -> int:
        """A number that another process's `call` changes."""
        try:
            return self._path(self.owner, HOST).stat().st_mtime_ns
        except OSError:
            return 0

    def close(self) -> None:
        """Release all leases of this process."""
        if self._lock.is_locked:
            self._remove(self.owner)
            self._lock.release()

    def _hold(self) -> None:
        with self._opening:
            if not self._lock.is_locked:
                private_folder(self._folder)
                # Of a process that was killed while it drove nothing, nobody else would ask.
                for path in self._folder.glob(f"*{_LOCK}"):
                    self.held(path.stem)
                self._lock.acquire()

    def _path(self, owner: str, suffix: str) -> Path:
        return self._folder / f"{owner}{suffix}"

    def _remove(self, owner: str) -> None:
        for suffix in (HOST, _LOCK):
            self._path(owner, suffix).unlink(missing_ok=True)
