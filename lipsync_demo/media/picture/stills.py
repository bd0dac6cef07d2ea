"""Thumbnails of single frames of a video."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import numpy as np
from av.video.frame import VideoFrame
from PIL import Image

from lipsync_demo.media.container import words as container_words
from lipsync_demo.media.container.frame_times import frame_times
from lipsync_demo.media.container.streams import exact, open_media, video_frames, video_stream
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.display_matrix import orientation
from lipsync_demo.media.picture.hdr import in_standard_range
from lipsync_demo.media.picture.orientation import UPRIGHT, Orientation

WEBP_QUALITY = 82
"""WebP quality, 0 to 100."""


def stills(path: Path, moments: Sequence[Fraction], *, height: int = 180) -> list[bytes]:
    """Return the frames of `path` at `moments`, seconds from its first frame, as WebP.

    Upright, square pixels, `height` pixels high (never enlarged). A moment after the end gives
    the last frame.

    Raises:
        MediaError: `path` has no picture, or cannot be read.
    """
    wanted = sorted(range(len(moments)), key=lambda n: moments[n])
    found: dict[int, bytes] = {}
    times = frame_times(path)
    stamps, at = times.shown, Fraction(0)
    with open_media(path) as container:
        stream = video_stream(container)
        if stream is None:
            raise MediaError(f"{path.name} has no picture.", container_words.CHOOSE_TALKING)
        sar = exact(stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio, 1)
        start: Fraction | None = None
        shown: VideoFrame | None = None
        way = UPRIGHT
        for frame in video_frames(container):
            at = at if frame.pts is None else stamps.get(frame.pts, frame.pts) * times.time_base
            if start is None:
                start, way = at, orientation(container, frame)
            while wanted and shown is not None and moments[wanted[0]] < at - start:
                found[wanted.pop(0)] = _webp(shown, way, sar, height)
            shown = frame
            if not wanted:
                break
        if shown is None:
            raise MediaError(
                f"No picture of {path.name} can be decoded.", container_words.CHOOSE_TALKING
            )
        for number in wanted:
            found[number] = _webp(shown, way, sar, height)
    return [found[number] for number in range(len(moments))]


def _webp(frame: VideoFrame, way: Orientation, sar: Fraction, height: int) -> bytes:
    width = max(1, round(frame.width * sar))
    across = way.size(width, frame.height)[1]
    scale = min(Fraction(1), Fraction(height, across))
    size = max(1, round(width * scale)), max(1, round(frame.height * scale))
    shown = in_standard_range(frame)
    stored = np.asarray(shown.to_ndarray(width=size[0], height=size[1], format="rgb24"), np.uint8)
    picture = way.applied(stored)
    out = BytesIO()
    Image.fromarray(np.ascontiguousarray(picture)).save(out, "WEBP", quality=WEBP_QUALITY)
    return out.getvalue()
