"""What the buttons of the doctor about the people of a video ask for: their `data-act`."""

from __future__ import annotations

from lipsync_demo.media.preflight import Fix

FACE = "face"
"""Chooses a face, or none."""

VIDEO = "video"
"""The track both are about."""


def face(choice: str = "") -> str:
    """Choose a face; without one, take the choice back."""
    return f"{FACE} {VIDEO} {choice}".rstrip()


def crop(choice: str = "") -> str:
    """Crop the video to a face; without one, to the one that speaks."""
    return f"{Fix.CROP} {VIDEO} {choice}".rstrip()
