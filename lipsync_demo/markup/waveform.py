"""The waveform of an audio file as a drawing, for the page and reports."""

from __future__ import annotations

from pathlib import Path

from markupsafe import Markup

from lipsync_demo.looks import calls
from lipsync_demo.markup import words
from lipsync_demo.media.errors import MediaError
from lipsync_demo.templates import render

BARS = 96
"""Number of bars."""


def waveform(path: Path) -> Markup:
    """An audio file as SVG bars; empty if it cannot be read."""
    try:
        levels = calls.waveform(path, BARS)
    except MediaError:
        return Markup("")
    bars = [
        {"left": 4 * n, "top": f"{20 - 19 * level:.1f}", "height": f"{max(1, 38 * level):.1f}"}
        for n, level in enumerate(levels)
    ]
    label = words.WAVEFORM
    return render("markup/waveform.html", width=4 * BARS, label=label, bars=bars)
