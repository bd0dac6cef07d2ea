"""Frames of a video in a row, to see where to cut it."""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from lipsync_demo import texts
from lipsync_demo.markup.words import seconds
from lipsync_demo.media.errors import MediaError
from lipsync_demo.media.picture.stills import stills

FRAMES = 8
"""Frames in the row."""
HEIGHT = 72
"""Height of each frame in pixels."""


@lru_cache(maxsize=64)
def strip(path: Path, length: Fraction) -> str:
    """The row for a video of `length` seconds; empty when it cannot be read."""
    moments = [length * (2 * n + 1) / (2 * FRAMES) for n in range(FRAMES)]
    try:
        pictures = stills(path, moments, height=HEIGHT)
    except MediaError:
        return ""
    images = "".join(
        f'<img src="data:image/webp;base64,{b64encode(data).decode()}" '
        f'alt="{texts.Doctor.still(seconds(at))}">'
        for data, at in zip(pictures, moments, strict=True)
    )
    return f'<div class="film" role="group" aria-label="{texts.Doctor.STRIP}">{images}</div>'
