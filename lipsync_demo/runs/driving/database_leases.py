"""Leases in a database that several machines share: a process renews its own before they end."""

from __future__ import annotations

import itertools
import logging
import secrets
import threading
import time
from datetime import timedelta

from lipsync_demo.runs.driving.leases import Lease
from lipsync_demo.runs.record.clock import now
from lipsync_demo.runs.storage.owners import Owners

log = logging.getLogger(__name__)

BEATS = 9
"""How often a lease is renewed before it would end."""


class DatabaseLeases:
    """Leases of one process, of `seconds` each; after a crash they end when their time does.

    A process that was away for longer, and whose runs another drives, finds out at its next write,
    which names the token of its lease.
    """

    def __init__(self, owners: Owners, seconds: float) -> None:
        self._owners = owners
        self._seconds = seconds
        self.owner = secrets.token_hex(8)
        self._attempts = itertools.count(1)
        self._opening = threading.Lock()
        self._hosts_local = False
        self._until: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="leases", daemon=True)

    def acquire(self) -> Lease:
        """Return a lease for one attempt to drive a record."""
        self._hold()
        expires = now() + timedelta(seconds=self._seconds)
        return Lease(self.owner, f"{self.owner}:{next(self._attempts)}", expires)

    def held(self, token: str) -> bool:
        """Whether the process that issued `token` has shown a sign of life in time."""
        owner = token.partition(":")[0]
        if owner == self.owner:
            return self._until is not None and time.monotonic() < self._until
        return self._owners.held(owner)

    def host_local(self) -> None:
        """Announce that this process takes over local runs that no process drives."""
        self._hosts_local = True
        self._hold()
        self._renew()

    def local_hosted(self) -> bool:
        """Whether another process takes over local runs that no process drives."""
        return self._owners.hosted_local(self.owner)

    def call(self) -> None:
        """Do nothing: the others look into the database every few seconds."""

    def called(self) -> int:
        """Always the same."""
        return 0

    def close(self) -> None:
        """Release all leases of this process."""
        with self._opening:
            self._ended.set()
            if self._until is None:
                return
            self._until = None
        self._thread.join()
        self._owners.leave(self.owner)

    def _hold(self) -> None:
        with self._opening:
            if self._until is None and not self._ended.is_set():
                self._renew()
                self._thread.start()

    def _renew(self) -> None:
        # Counted from before the request, so that it ends here no later than for others.
        begun = time.monotonic()
        self._owners.renew(self.owner, round(self._seconds * 1000), hosts_local=self._hosts_local)
        self._until = begun + self._seconds

    def _run(self) -> None:
        while not self._ended.wait(self._seconds / BEATS):
            try:
                self._renew()
            except Exception as error:
                log.warning("the leases of this process are not renewed: %s", type(error).__name__)
