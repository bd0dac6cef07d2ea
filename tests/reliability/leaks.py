"""What a piece of work leaves behind in this process and on the disk."""

from __future__ import annotations

import gc
import logging
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PATIENCE = 10.0
"""Seconds until what ends by itself has ended."""

_OF_THE_PROCESS = ("looks-",)
"""Names of threads that stay as long as the process."""


class Leaks:
    """Compares what there is now with what there was when it was made."""

    def __init__(self) -> None:
        gc.collect()
        self._threads = set(_threads())
        self._handles = _handles()

    def left(self) -> list[str]:
        """Threads and handles that stay, in a few words each."""
        until = time.monotonic() + PATIENCE
        gc.collect()
        while True:
            now = _handles()
            threads = [name for one, name in _threads().items() if one not in self._threads]
            handles = [name for one, name in now.items() if self._handles.get(one) != name]
            if not (threads or handles) or time.monotonic() > until:
                break
            time.sleep(0.02)
        return [f"thread {name}" for name in threads] + [f"handle {name}" for name in handles]


def _threads() -> dict[int, str]:
    return {
        thread.ident or 0: thread.name
        for thread in threading.enumerate()
        if not thread.name.startswith(_OF_THE_PROCESS)
    }


def _handles() -> dict[str, str]:
    """What every open handle of this process is of."""
    found = {}
    for handle in Path("/proc/self/fd").iterdir():
        try:
            found[handle.name] = str(handle.readlink())
        except OSError:  # it was the listing's own
            continue
    return found


def files_left(*folders: Path) -> list[str]:
    """Unfinished and temporary files below these folders."""
    return [
        f"file {path.relative_to(folder)}"
        for folder in folders
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.name.endswith((".part", ".tmp", "-journal"))
        or path.name.startswith((".deleted", "tmp"))
    ]


def holders(folder: Path, secret: str) -> list[str]:
    """Files below a folder that contain a secret."""
    return [
        f"the key in {path.relative_to(folder)}"
        for path in folder.rglob("*")
        if path.is_file() and secret.encode() in path.read_bytes()
    ]


@contextmanager
def temporary_files_in(folder: Path) -> Iterator[None]:
    """Let this process make its temporary files there."""
    folder.mkdir(exist_ok=True)
    before, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield
    finally:
        tempfile.tempdir = before


class Log(logging.Handler):
    """Collects what the product logs: unexpected errors, and every text."""

    def __init__(self) -> None:
        super().__init__()
        self.mistakes: list[str] = []
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = self.format(record)
        self.texts.append(text)
        if record.exc_info:
            self.mistakes.append(text)

    @contextmanager
    def listening(self) -> Iterator[Log]:
        logger = logging.getLogger("lipsync_demo")
        logger.addHandler(self)
        try:
            yield self
        finally:
            logger.removeHandler(self)
