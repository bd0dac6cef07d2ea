"""What is said of the inputs before they are sent, and of their remedies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.languages import _, _n, joined

LOOKING = _("Looking at the face and listening to the voice…")
NOTHING = _("Choose a video and a speech track; they are looked at before anything is sent.")
VIDEO = _("Video")
SPEECH = _("Speech")
CUT = _("Cut to a part")
FROM = _("from, s")
TO = _("to, s")
CUT_VIDEO = _("Cut the video")
CUT_SPEECH = _("Cut the speech")
UNDO = _("Use the original")
STRIP = _("Frames of the video, from its start to its end")
FIXES: Final[Mapping[str, str]] = {
    "trim": _("Cut"),
    "constant_rate": _("Make the frame rate constant"),
    "smaller": _("Make it smaller"),
    "plain": _("Make a plain copy"),
    "first_stream": _("Keep the first sound track"),
    "normalise": _("Bring it to an ordinary level"),
    "mono": _("Make it mono, 48 kHz"),
    "join": _("Write it as one WAV"),
    "alone": _("Take the sound alone"),
}


def summary(praise: str, looks: int, remarks: int) -> str:
    """How many findings are listed, and what is good of an input without any to look at."""
    told = [_n("{count} thing to look at", "{count} things to look at", looks)] if looks else []
    told += [_n("{count} remark", "{count} remarks", remarks)] if remarks else []
    told += [praise] if praise else []
    if looks:
        return joined("", (joined("; ", told), "."))
    return _("Ready: {told}.", told=joined("; ", told)) if told else _("Ready.")


def cut_to(start: str, end: str) -> str:
    return _("Cut to {start}–{end} s", start=start, end=end)


def changed(what: str, before: str, after: str) -> str:
    return f"{what}: {before} → {after}"


def still(second: str) -> str:
    return _("The frame at {second}", second=second)
