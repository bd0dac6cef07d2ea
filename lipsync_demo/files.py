"""Files written whole and told apart by their content."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path
from typing import Any

from lipsync_demo.names import readable

_BLOCK = 1 << 20


def digest(path: Path) -> str:
    """Hex SHA-256 of a file's bytes, read block by block.

    Raises:
        OSError: the file cannot be read.
    """
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            found.update(block)
    return found.hexdigest()


def refused(error: OSError) -> str:
    """What the system refused, for a person: which file, and why."""
    reason = (error.strerror or "the system refused it").lower()
    name = f"{readable(os.fsdecode(error.filename))}: " if error.filename is not None else ""
    return f"A file could not be used: {name}{reason}."


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes its name when the block ends without an error.

    Nobody ever sees half of a file, and each process writes to a name of its own; what a
    killed one left beside `path` is removed.

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
    # On Windows the question would end the process.
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
    """Replace a file whole by bytes, or by a text in UTF-8.

    Raises:
        OSError: it cannot be written.
    """
    with replacing(path) as part:
        part.write_bytes(data.encode() if isinstance(data, str) else data)


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file whole.

    Raises:
        OSError: it cannot be written.
        TypeError: `value` has something JSON has no word for.
    """
    write_whole(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")
