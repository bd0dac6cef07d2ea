"""Detects Dolby Vision and its profile.

Dolby's "Dolby Vision Streams Within the ISO Base Media File Format", version 2.4: a box `dvcC`,
`dvvC` or `dvwC` in the track's sample entry, whose third byte starts with seven bits of profile.
PyAV does not expose FFmpeg's parsed record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from av.video.frame import VideoFrame

from lipsync_demo.media.container.streams import side_data
from lipsync_demo.media.picture.codes import UNKNOWN

_BOX = re.compile(rb"\0\0\0.dv[cvw]C", re.DOTALL)
_MAX_INDEX_BYTES = 64 << 20
"""Largest index searched, bytes; an hour's has a few MB."""


def dolby_vision(path: Path, frame: VideoFrame, codec: str) -> int | None:
    """Return the Dolby Vision profile of a video, or None; `frame` is one of its codec's frames.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        for box in _indexes(file):
            found = _BOX.search(box)
            if found is not None and found.end() + 3 <= len(box):
                return box[found.end() + 2] >> 1
    marks = ("DOVI_RPU_BUFFER", "DOVI_METADATA")
    return UNKNOWN if any(side_data(frame, mark, codec) is not None for mark in marks) else None


def _indexes(file: BinaryIO) -> Iterator[bytes]:
    """Yield the contents of the `moov` boxes of an ISO file (ISO/IEC 14496-12)."""
    first = True
    while len(head := file.read(16)) >= 8:
        size, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if first and kind != b"ftyp":
            return
        first = False
        if size == 1:
            size = int.from_bytes(head[8:16], "big")
        if size < 8:
            return
        if kind == b"moov":
            yield head[8:] + file.read(min(size, _MAX_INDEX_BYTES) - 16)
            return
        file.seek(size - len(head), 1)
