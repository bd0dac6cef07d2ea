"""Ending with the parent process, however it ends.

The server holds the read end of a pipe as its standard input: the kernel closes the write
end when the parent dies.  Workers ask the kernel for SIGKILL as well (Linux), because
native code may keep the thread that watches the parent from running.  The server does not:
that signal follows the parent's *thread* that started it, which may end early.
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
_LONGEST_LINE = 4096


def read_line(fd: int) -> str:
    """One line from a file descriptor, unbuffered, so that `on_end` sees the rest."""
    line = bytearray()
    while len(line) < _LONGEST_LINE:
        byte = os.read(fd, 1)
        if byte in (b"", b"\n"):
            break
        line += byte
    return line.decode()


def on_end(fd: int, action: Callable[[], None]) -> None:
    """Call `action` in a thread once nobody can write to `fd` any more."""

    def watch() -> None:
        while os.read(fd, 4096):
            pass
        action()

    threading.Thread(target=watch, name="lifeline", daemon=True).start()


def die_with_parent() -> None:
    """In a multiprocessing child: be killed as soon as the parent is gone."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    def watch() -> None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, name="lifeline", daemon=True).start()
