"""The page's end of the looks' processes."""

from __future__ import annotations

import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from enum import Enum
from pathlib import Path

from lipsync_demo.child_environment import child_environment
from lipsync_demo.looks.kinds import DRAWING, READING, Kind
from lipsync_demo.looks.messages import LARGEST_REPLY, Reply, Request, packed, reply_of

MARKS = {READING: b"r", DRAWING: b"d"}
"""The byte that tells the server what a look needs in memory."""
POLL_SECONDS = 0.1
"""Seconds between looks at whether a reply is still wanted."""
OUT_OF_MEMORY = 71
"""Exit status of a look that ran out of memory."""
CLOSING_SECONDS = 5.0
"""Seconds in which the server ends by itself."""
_BLOCK = 1 << 16

logger = logging.getLogger(__name__)


class End(Enum):
    """Why a look has no reply."""

    OVER_TIME = "needed more time than allowed"
    OVER_CLOCK = "took longer than allowed, maybe for want of processors"
    OVER_MEMORY = "needed more memory than allowed"
    LOST = "ended without a reply"
    LEFT = "is not wanted any more"


class Processes:
    """Runs looks in processes that a server process forks; it begins with the first look."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> None:
        """Begin to load the server, unless it runs; nothing waits for it."""
        with self._lock:
            self._running()

    def run(self, request: Request, wanted: Callable[[], bool]) -> Reply | End:
        """Run a look and return its reply; it ends when `wanted` says so, or over its allowance.

        Raises:
            OSError: no process can be started.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                self._hand_over(theirs, MARKS[request.kind.loads])
            ours.settimeout(request.kind.allowance.wall)
            try:
                ours.sendall(packed(request))
                return _received(ours, request.kind, wanted)
            except OSError:
                return End.LOST

    def close(self) -> None:
        """End the server and all looks."""
        with self._lock:
            server, self._server = self._server, None
            if self._control is not None:
                self._control.close()
                self._control = None
        if server is None:
            return
        try:
            # It ends its looks, and itself.
            server.wait(CLOSING_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()

    def _hand_over(self, look: socket.socket, mark: bytes) -> None:
        with self._lock:
            try:
                socket.send_fds(self._running(), [mark], [look.fileno()])
            except OSError:
                # It was killed; the next one serves.
                if self._control is not None:
                    self._control.close()
                self._control = None
                socket.send_fds(self._running(), [mark], [look.fileno()])

    def _running(self) -> socket.socket:
        if self._server is not None and self._server.poll() is not None:
            logger.warning("The looks' process ended (%s)", self._server.returncode)
            self._server = None
            if self._control is not None:
                self._control.close()
                self._control = None
        if self._control is None:
            ours, theirs = socket.socketpair()
            with theirs:
                self._server = subprocess.Popen(
                    [sys.executable, "-m", "lipsync_demo.looks"],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    env=_environment(),
                    cwd=Path(__file__).resolve().parents[2],
                )
            self._control = ours
        return self._control


def _environment() -> dict[str, str]:
    # Each thread and each arena of the allocator takes address space before it is used.
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
    return child_environment() | threads | {"MALLOC_ARENA_MAX": "2"}


def _received(look: socket.socket, kind: Kind, wanted: Callable[[], bool]) -> Reply | End:
    deadline = time.monotonic() + kind.allowance.wall
    waiting = select.poll()
    waiting.register(look, select.POLLIN)
    parts: list[bytes] = []
    size = 0
    while True:
        if waiting.poll(POLL_SECONDS * 1000):
            block = look.recv(_BLOCK)
            if not block:
                break
            parts.append(block)
            size += len(block)
        elif not wanted():
            return End.LEFT
        if time.monotonic() > deadline:
            return End.OVER_CLOCK
        if size > LARGEST_REPLY:
            return End.OVER_MEMORY
    reply, status = reply_of(b"".join(parts))
    return _end(status) if reply is None else reply


def _end(status: int | None) -> End:
    if status is None:
        return End.LOST
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL):
        # The soft limit of time on a processor sends the one, the hard limit the other.
        return End.OVER_TIME
    if os.WIFEXITED(status) and os.WEXITSTATUS(status) == OUT_OF_MEMORY:
        return End.OVER_MEMORY
    return End.LOST
