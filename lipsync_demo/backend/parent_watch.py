"""Ends a process with its parent, however the parent ends.

The server's standard input is the read end of a pipe, whose write end the kernel closes when the
parent dies.  On Linux, workers also request SIGKILL from the kernel, because native code may
block the thread that watches the parent.  The server does not: that signal is sent when the
parent's *thread* that started it ends, which may be early.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
"""Linux's prctl option for the signal sent when the parent dies."""

_LONGEST_LINE = 4096
"""Maximum length of a line in bytes."""


def read_line(fd: int) -> str:
    """Read one line from a file descriptor, unbuffered, so that `on_end` gets the rest."""
    line = bytearray()
    while len(line) < _LONGEST_LINE:
        byte = os.read(fd, 1)
        if byte in (b"", b"\n"):
            break
        line += byte
    return line.decode()


def on_end(fd: int, action: Callable[[], None]) -> None:
    """Call `action` in a background thread once the write end of `fd` is closed."""

    def watch() -> None:
        while os.read(fd, 4096):
            pass
        action()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def die_with_parent() -> None:
    """Make this multiprocessing child end as soon as its parent has."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
