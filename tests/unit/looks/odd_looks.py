"""Looks that go wrong in every way; they run in a look's process."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from lipsync_demo.media.errors import MediaError


def told(path: Path) -> list[bytes]:
    """The file's content, and a line into `<path>.log` for each look."""
    with Path(f"{path}.log").open("a", encoding="utf-8") as log:
        log.write(f"{os.getpid()}\n")
    return [path.read_bytes()]


def slow(path: Path) -> list[bytes]:
    """As `told`, once `<path>.go` is there."""
    found = told(path)
    while not Path(f"{path}.go").exists():
        time.sleep(0.01)
    return found


def refused(path: Path) -> None:
    told(path)
    raise MediaError("It is refused.", "Choose another.")


def busy(path: Path) -> None:
    told(path)
    while True:
        pass


def sleeping(path: Path) -> None:
    told(path)
    time.sleep(600)


def greedy(path: Path) -> int:
    return len(bytes(3 << 30))


def crashing(path: Path) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def broken(path: Path) -> None:
    raise LookupError("a mistake of our own")


def foreign(path: Path) -> object:
    """Something that is no answer: code, as a process that was taken over may send."""
    return os.getcwd


def variables(path: Path) -> list[bytes]:
    return [name.encode() for name in os.environ]


def niceness(path: Path) -> list[bytes]:
    return [str(os.nice(0)).encode()]
