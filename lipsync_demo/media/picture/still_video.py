"""A still picture as a video."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import VideoFrame
from PIL import Image

from lipsync_demo.media.container.failures import explained
from lipsync_demo.media.picture.stills import stills

SECONDS = 5
"""Length of the video in seconds; a longer speech is what the sync modes are for."""
FPS = 25
"""Its frames per second."""
HEIGHT = 1080
"""Its largest height in pixels."""


def still_video(picture: Path) -> Path:
    """Write a picture as a silent H.264 MP4 beside it, once; return its path.

    Upright, never enlarged.

    Raises:
        MediaError: the picture cannot be read.
    """
    out = picture.with_name(f"{picture.name}.mp4")
    if out.exists():
        return out
    [data] = stills(picture, [Fraction(0)], height=HEIGHT)
    shown = np.asarray(Image.open(BytesIO(data)).convert("RGB"))
    part = out.with_name(f"{out.name}.part")
    options = {"preset": "veryfast", "crf": "16", "tune": "stillimage"}
    target_options = {"movflags": "+faststart"}
    try:
        with explained(picture), av.open(str(part), "w", "mp4", target_options) as target:
            frame = VideoFrame.from_ndarray(_even(shown))
            stream = target.add_stream("libx264", rate=FPS, options=options)
            stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "yuv420p"
            for number in range(SECONDS * FPS):
                frame.pts, frame.time_base = number, Fraction(1, FPS)
                target.mux(stream.encode(frame))
            target.mux(stream.encode())
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    return out


def _even(shown: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """A picture without an odd last row and column, which H.264 cannot have; single ones twice."""
    for axis in (0, 1):
        if shown.shape[axis] == 1:
            shown = shown.repeat(2, axis)
    return shown[: shown.shape[0] // 2 * 2, : shown.shape[1] // 2 * 2]
