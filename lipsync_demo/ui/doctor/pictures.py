"""A filmstrip of a video, for choosing where to cut it."""

from __future__ import annotations

from base64 import b64encode
from fractions import Fraction
from pathlib import Path

from markupsafe import Markup

from lipsync_demo.looks.calls import stills
from lipsync_demo.markup.figures import seconds
from lipsync_demo.media.errors import MediaError
from lipsync_demo.templates import render
from lipsync_demo.ui.doctor import words

FRAMES = 8
"""Number of frames."""

HEIGHT = 72
"""Height of each frame in pixels."""


def strip(path: Path, length: Fraction) -> Markup:
    """The filmstrip of a video of `length` seconds; empty if it cannot be read."""
    moments = [length * (2 * n + 1) / (2 * FRAMES) for n in range(FRAMES)]
    try:
        found = stills(path, moments, height=HEIGHT)
    except MediaError:
        return Markup("")
    pictures = [
        (f"data:image/webp;base64,{b64encode(data).decode()}", words.still(seconds(at)))
        for data, at in zip(found, moments, strict=True)
    ]
    return render("ui/doctor/strip.html", label=words.STRIP, pictures=pictures)
