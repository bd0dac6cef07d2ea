"""The waveform of a sound file as a drawing, for the page and for reports."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from lipsync_demo import texts
from lipsync_demo.media import audio
from lipsync_demo.media.errors import MediaError

BARS = 96
"""Bars from the beginning of the sound to its end."""


@lru_cache(maxsize=64)
def waveform(path: Path) -> str:
    """A sound file as bars from left to right, as SVG; empty when it cannot be read."""
    try:
        levels = audio.waveform(path, BARS)
    except MediaError:
        return ""
    bars = "".join(
        f'<rect x="{4 * n}" width="3" y="{20 - 19 * level:.1f}" height="{max(1, 38 * level):.1f}"/>'
        for n, level in enumerate(levels.tolist())
    )
    return (
        f'<svg class="wave" viewBox="0 0 {4 * BARS} 40" preserveAspectRatio="none" role="img" '
        f'aria-label="{texts.Doctor.WAVEFORM}">{bars}</svg>'
    )
