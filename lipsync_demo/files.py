"""Hashes of files, atomic writes, and files for their owner only."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path
from threading import Lock
from typing import Any

from lipsync_demo import words
from lipsync_demo.safe_names import readable

_BLOCK = 1 << 20

_HASHING = Lock()
"""One file is hashed at a time, so that a core is left to what somebody waits for."""

_MOST_HASHES = 256
_hashes: dict[tuple[Path, int, int], str] = {}
"""Hashes by path, time of the last change and size, the oldest first."""


def digest(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in blocks.

    Raises:
        OSError: the file cannot be read.
    """
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def content_hash(path: Path) -> str:
    """The same, remembered until the file changes; one file at a time.

    Raises:
        OSError: the file cannot be read.
    """
    state = path.stat()
    key = path, state.st_mtime_ns, state.st_size
    found = _hashes.get(key)
    if found is None:
        with _HASHING:
            found = _hashes.get(key) or digest(path)
            _hashes[key] = found
            while len(_hashes) > _MOST_HASHES:
                del _hashes[next(iter(_hashes))]
    return found


def files_below(folder: Path) -> Iterator[Path]:
    """Files in a folder and its subfolders, in no order; none if it is missing.

    What others remove meanwhile is passed over, where `Path.rglob` raises.
    """
    for parent, _, names in os.walk(folder):
        for name in names:
            yield Path(parent, name)


def refused(error: OSError, *, whole: bool = True) -> str:
    """A sentence for the user: which file failed, and why; its `whole` path, or its name alone."""
    reason = (error.strerror or words.SYSTEM_REFUSED).lower()
    path = "" if error.filename is None else os.fsdecode(error.filename)
    name = f"{readable(path if whole else Path(path).name)}: " if path else ""
    return words.file_not_used(name, reason)


def private_folder(path: Path) -> Path:
    """Create a folder for its owner only, with its parents; make an existing one so. Return it.

    Raises:
        OSError: it cannot be created.
    """
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    _make_private(path)
    return path


def private_file(path: Path) -> Path:
    """The same for a file, which is created empty; its folder must exist.

    Raises:
        OSError: it cannot be created.
    """
    path.touch(mode=0o600)
    _make_private(path)
    return path


def _make_private(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & 0o077:
        # Not ours, as on a mounted disk: its owner decides.
        with suppress(PermissionError):
            path.chmod(stat.S_IMODE(mode) & 0o700)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path; it is renamed to `path` if the block ends without an error.

    The rename is atomic, and each process writes to its own temporary file; those of dead
    processes are removed.

    Raises:
        OSError: it cannot be written or renamed.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    for other in path.parent.glob(f"{escape(path.name)}.*.part"):
        if not _runs(other.name.split(".")[-2]):
            other.unlink(missing_ok=True)


def _runs(pid: str) -> bool:
    # On Windows, os.kill would end the process.
    if os.name != "posix" or not pid.isdigit():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def write_whole(path: Path, data: bytes | str) -> None:
    """Replace a file atomically by bytes, or by text in UTF-8.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as part:
        part.write_bytes(data.encode() if isinstance(data, str) else data)


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file atomically.

    Raises:
        OSError: it cannot be written.
        TypeError: `value` cannot be serialised.
    """
    write_whole(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
