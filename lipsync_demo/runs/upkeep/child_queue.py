"""Work on one thing after the other, each in a child process."""

from __future__ import annotations

import math
import subprocess
import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from typing import ClassVar, Generic, TypeVar

from lipsync_demo.runs.driving.dispatcher import Dispatcher

Item = TypeVar("Item")


class ChildQueue(ABC, Generic[Item]):
    """A job that starts one process after the other; scheduled once something is queued.

    Every item has a name. A subclass queues items with `_queue` while it holds `_lock`; its
    `_begin` and `_end` are called with the lock held too.
    """

    is_long = False
    fetches_for = None
    turn = ""
    poll_seconds: ClassVar[float]
    """Seconds between checks for the end of the process."""
    timeout: ClassVar[float] = math.inf
    """Seconds until a process is killed."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self._scheduled = False
        self._wanted: OrderedDict[str, Item] = OrderedDict()
        self._failed: set[str] = set()
        self._now: tuple[str, Item, subprocess.Popen[bytes]] | None = None
        self._left = 0.0
        self._lock = threading.Lock()
        self._closed = threading.Event()

    @abstractmethod
    def _begin(self, item: Item, name: str) -> subprocess.Popen[bytes] | None:
        """Start the process for an item; None if there is nothing to do any more."""

    @abstractmethod
    def _end(self, item: Item, name: str, code: int, written: bytes) -> None:
        """Take note of a process that ended with `code` and wrote this on its stderr."""

    def step(self) -> float | None:
        """Check the process, start the next; return the seconds until the next step, or None."""
        with self._lock:
            if self._closed.is_set():
                return None
            if self._now is not None:
                self._check(*self._now)
            if self._now is None and self._wanted:
                name, item = self._wanted.popitem(last=False)
                process = self._begin(item, name)
                self._now = (name, item, process) if process else None
                self._left = self.timeout
            self._scheduled = self._now is not None or bool(self._wanted)
            return self.poll_seconds if self._scheduled else None

    def close(self) -> None:
        """Kill the process; its item can be queued again later."""
        with self._lock:
            self._closed.set()
            if self._now is not None:
                self._now[2].kill()
                self._now[2].communicate()
                self._now = None

    def _queue(self, name: str, item: Item) -> None:
        """Queue an item unless it is queued or being worked on."""
        if not self._is_now(name):
            self._wanted.setdefault(name, item)
        if not self._scheduled:
            self._scheduled = True
            self._dispatcher.schedule(self)

    def _is_now(self, name: str) -> bool:
        return self._now is not None and self._now[0] == name

    def _check(self, name: str, item: Item, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None and self._left > 0:
            self._left -= self.poll_seconds
            return
        process.kill()
        written = process.communicate()[1]
        self._now = None
        self._end(item, name, process.returncode, written)
