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
    "crop": _("Crop to the one who speaks"),
}


WHO = _("Who shall speak?")
PICTURE = _("The people in the video")
CLICK = _(
    "Click the face that shall speak. Without a choice it is the one that speaks in the video."
)
CLICK_TO_CROP = _(
    "The API decides by itself who speaks. Click a face, and the video can be cropped to that "
    "person: the part of the picture around the face is kept, with every frame, its time and the "
    "sound."
)
SPEAKS_BY_ITSELF = _("Take the one who speaks")
LEAVE = _("Leave it as it is")
CROP = _("Crop the video to this person")
WORDS: Final[Mapping[str, str]] = {
    "speaking": _("The face that speaks in the video shall speak."),
    "largest": _("The largest face shall speak."),
    "left": _("The face furthest to the left shall speak."),
    "right": _("The face furthest to the right shall speak."),
}


def face(number: int, count: int, place: str) -> str:
    return _("Face {number} of {count}, {place}", number=number, count=count, place=place)


ON_THE_LEFT = _("on the left")
IN_THE_MIDDLE = _("in the middle")
ON_THE_RIGHT = _("on the right")


def speaks(face: str) -> str:
    return _("{face}, shall speak.", face=face)


def at(point: str) -> str:
    return _("The face at {point} shall speak.", point=point)


def not_by_the_api(face: str) -> str:
    return _("{face}: the API takes no such choice.", face=face)


def crop_to(face: str) -> str:
    return _("Crop to: {face}", face=face)


def to_look_at(count: int) -> str:
    return _n("{count} thing to look at", "{count} things to look at", count)


def summary(praise: str, looks: int, remarks: int) -> str:
    """How many findings are listed, and what is good of an input without any to look at."""
    told = [to_look_at(looks)] if looks else []
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
