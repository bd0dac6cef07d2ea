"""What a PNG carries compressed beside its picture, by the headers of its chunks alone."""

from __future__ import annotations

import struct
from pathlib import Path

NOTES = (b"zTXt", b"iTXt", b"iCCP")
"""Chunks whose content decoders inflate in memory, whatever its length."""

_HEADER = struct.Struct(">I4s")
_SIGNATURE, _CHECKSUM = 8, 4
_CHUNKS = 100_000
"""Chunks of a file that are looked at; a picture's data lie in far fewer."""


def compressed_notes(path: Path) -> int:
    """Bytes in a PNG's chunks of notes and profiles; plain text in an `iTXt` is not counted.

    All of the file where it has more chunks than are looked at.

    Source: PNG specification, third edition, 5.3 and 11.3.

    Raises:
        OSError: the file cannot be read.
    """
    total = 0
    with path.open("rb") as file:
        file.seek(_SIGNATURE)
        for _ in range(_CHUNKS):
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                break
            length, name = _HEADER.unpack(header)
            start = file.tell()
            if name in NOTES and not (name == b"iTXt" and _is_plain(file.read(min(length, 82)))):
                total += length
            file.seek(start + length + _CHECKSUM)
        else:
            return path.stat().st_size
    return total


def _is_plain(content: bytes) -> bool:
    """Whether an `iTXt` is not compressed: the flag is behind its keyword of at most 79 bytes."""
    return content.partition(b"\0")[2][:1] == b"\0"
