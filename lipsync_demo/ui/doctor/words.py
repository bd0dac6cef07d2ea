"""What is said of the inputs before they are sent, and of their remedies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

LOOKING = "Looking at the face and listening to the voice…"
NOTHING = "Choose a video and a speech track; they are looked at before anything is sent."
VIDEO = "Video"
SPEECH = "Speech"
CUT = "Cut to a part"
FROM = "from, s"
TO = "to, s"
CUT_VIDEO = "Cut the video"
CUT_SPEECH = "Cut the speech"
UNDO = "Use the original"
STRIP = "Frames of the video, from its start to its end"
FIXES: Final[Mapping[str, str]] = {
    "trim": "Cut",
    "constant_rate": "Make the frame rate constant",
    "smaller": "Make it smaller",
    "plain": "Make a plain copy",
    "first_stream": "Keep the first sound track",
    "normalise": "Bring it to an ordinary level",
    "mono": "Make it mono, 48 kHz",
    "join": "Write it as one WAV",
    "alone": "Take the sound alone",
}


def summary(praise: str, looks: int) -> str:
    if looks == 0:
        return f"Ready: {praise}." if praise else "Ready."
    things = "1 thing" if looks == 1 else f"{looks} things"
    return f"{things} to look at{f'; {praise}' if praise else ''}."


def cut_to(start: str, end: str) -> str:
    return f"Cut to {start}–{end} s"


def changed(what: str, before: str, after: str) -> str:
    return f"{what}: {before} → {after}"


def still(second: str) -> str:
    return f"The frame at {second}"
