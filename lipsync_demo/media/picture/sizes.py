"""Picture sizes that change within a stream, as in recordings of WebRTC calls.

A sender downscales on a slow connection and rotates with the phone, each time at a keyframe. Every
picture keeps its aspect ratio, centred in the largest size.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
from av.container import InputContainer

from lipsync_demo.media.container.containers import MATROSKA
from lipsync_demo.media.container.streams import open_media, video_stream

Size = tuple[int, int]
"""Width and height in pixels."""


def stored_sizes(path: Path) -> tuple[Size, ...]:
    """Return the distinct stored sizes of the video's keyframes, in order of appearance.

    Only Matroska and WebM, which call recorders write, are scanned; empty for others.

    Raises:
        MediaError: the file cannot be read.
    """
    state = path.stat()
    return _stored_sizes(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=32)
def _stored_sizes(path: Path, size: int, changed: int) -> tuple[Size, ...]:
    with open_media(path) as container:
        if container.format.name != MATROSKA:
            return ()
        return tuple(_key_sizes(container))


def _key_sizes(container: InputContainer) -> dict[Size, None]:
    stream = video_stream(container)
    found: dict[Size, None] = {}
    if stream is None or stream.codec_context.codec.intra_only:
        return found
    stream.codec_context.skip_frame = "NONKEY"
    for packet in container.demux(stream):
        if packet.size and not packet.is_keyframe:
            continue
        try:
            found |= {(frame.width, frame.height): None for frame in packet.decode()}
        except av.error.InvalidDataError:
            continue
    return found


def largest(sizes: Sequence[Size]) -> Size:
    """Return the first size with the most pixels."""
    return max(sizes, key=lambda size: size[0] * size[1])


def within(size: tuple[Fraction | int, Fraction | int], room: Size) -> Size:
    """Return the largest even size of the same aspect ratio inside `room`, whose sides are even."""
    scale = min(room[0] / Fraction(size[0]), room[1] / Fraction(size[1]))
    across, down = (max(2, 2 * round(side * scale / 2)) for side in size)
    return min(across, room[0]), min(down, room[1])
