"""Where commands find the server that works in a data folder: its URL and token, in a private file.

The file holds while the server holds the folder's lock; after a crash it is left behind and says
nothing.  It imports nothing of the server.
"""

from __future__ import annotations

import contextlib
import json
import os
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import filelock

from lipsync_demo.files import write_json
from lipsync_demo.version import __version__

NAME, LOCK = "door.json", "lock"
"""The file, and the one that the server keeps locked, in the server's folder."""

ANSWER_SECONDS = 2.0
"""Timeout of the question whether the server is there."""


@contextlib.contextmanager
def opened(folder: Path, url: str, token: str) -> Iterator[None]:
    """Tell this user's commands of a server while it runs; it holds the folder's lock."""
    path = folder / NAME
    write_json(path, {"url": url, "token": token, "version": __version__})
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def found(data_dir: Path) -> tuple[str, str] | None:
    """URL and token of the server that works in a data folder; None without one to use.

    One of another version is not used, nor what others could have written or read.
    """
    folder = data_dir / "backend"
    try:
        told = json.loads(_private(folder / NAME))
        url, token, version = (str(told[name]) for name in ("url", "token", "version"))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if version != __version__ or not works(folder) or not _answers(url):
        return None
    return url, token


def works(folder: Path) -> bool:
    """Whether a server works in its folder, which it keeps locked."""
    if not (folder / LOCK).exists():
        return False
    lock = filelock.FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except filelock.Timeout:
        return True
    lock.release()
    return False


def _private(path: Path) -> str:
    """The text of a file that only this user can read and write.

    Raises:
        OSError: others can, or it cannot be read.
    """
    with path.open(encoding="utf-8") as file:
        about = os.fstat(file.fileno())
        if hasattr(os, "getuid") and (about.st_uid != os.getuid() or about.st_mode & 0o077):
            raise PermissionError(path)
        return file.read()


def _answers(url: str) -> bool:
    ask = urllib.request.build_opener(urllib.request.ProxyHandler({})).open
    try:
        with ask(f"{url}/healthz", timeout=ANSWER_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False
