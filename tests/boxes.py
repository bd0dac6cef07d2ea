"""The top boxes of an MP4, and a file without its Content Credentials."""

from __future__ import annotations

from pathlib import Path


def boxes(path: Path) -> list[tuple[str, bytes]]:
    """Name and content of each, in order."""
    data, at, found = path.read_bytes(), 0, []
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        found.append((data[at + 4 : at + 8].decode("latin1"), data[at : at + size]))
        at += size
    return found


def without_credentials(path: Path) -> bytes:
    """The file's bytes without the box that holds them."""
    return b"".join(content for name, content in boxes(path) if name != "uuid")
