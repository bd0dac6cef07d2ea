"""The waveform of an audio file as a drawing, for the page and reports."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from lipsync_demo.markup import words
from lipsync_demo.media import audio
from lipsync_demo.media.errors import MediaError
from lipsync_demo.templates import render

BARS = 96
"""Number of bars."""


@lru_cache(maxsize=64)
def waveform(path: Path) -> Markup:
    """An audio file as SVG bars; empty if it cannot be read."""
    try:
        levels = audio.waveform(path, BARS)
    except MediaError:
        return Markup("")
    bars = [
        {"left": 4 * n, "top": f"{20 - 19 * level:.1f}", "height": f"{max(1, 38 * level):.1f}"}
        for n, level in enumerate(levels.tolist())
    ]
    label = words.WAVEFORM
    return render("markup/waveform.html", width=4 * BARS, label=label, bars=bars)
