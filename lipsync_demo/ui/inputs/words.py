"""What is said of the inputs and the choice of mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lipsync_demo.languages import _

FACE = _("The face that shall speak")
LABEL = _("“AI-generated” in the picture")
LABEL_SIZE = _("Size of the words")
NO_LABEL = _("no label")
CORNERS: Final[Mapping[str, str]] = {
    "bottom-right": _("bottom right"),
    "bottom-left": _("bottom left"),
    "top-right": _("top right"),
    "top-left": _("top left"),
}
SIZES: Final[Mapping[str, str]] = {
    "small": _("small"),
    "medium": _("medium"),
    "large": _("large"),
}


def demanded(corner: str, size: str) -> str:
    """Say where the label goes that the settings demand."""
    return _(
        "The picture gets the label “AI-generated” ({corner}, {size}), as this server's setting "
        "LIPSYNC_AI_LABEL demands.",
        corner=CORNERS[corner],
        size=SIZES[size],
    )


ONE_FACE = _("one face")
ONE_VOICE = _("one voice")
LINK = _("Use a link instead")
FETCH_VIDEO = _("Get the video")
FETCH_SPEECH = _("Get the speech")
VIDEO_ADDRESS = _("Address of a video")
SPEECH_ADDRESS = _("Address of the speech")
CHOOSE_VIDEO = _("Choose a video or a picture")
CHOOSE_SPEECH = _("Choose a file")
MORE_FILES = _("Add files")
UPLOADING = _("Uploading {name}: {share} %")
READING = _("Reading {name} …")
NOT_TAKEN = _("{name} was not taken.")
TOO_LARGE = _("It is larger than the limit below.")
LOST = _("It did not get through. Choose it again.")


def limits(formats: str, megabytes: int, minutes: int, advice: str) -> str:
    return _(
        "{formats} · up to {megabytes} MB, {minutes} min · {advice}",
        formats=formats,
        megabytes=megabytes,
        minutes=minutes,
        advice=advice,
    )


QUESTION = _("What should happen when video and speech differ in length?")
HARDLY = _("less than 0.01 s")


def equal(length: str) -> str:
    return _(
        "Video and speech are both {length} long: every mode gives the same result.", length=length
    )


def speech_longer(by: str) -> str:
    return _("The speech is {by} longer than the video. What should happen?", by=by)


def video_longer(by: str) -> str:
    return _("The video is {by} longer than the speech. What should happen?", by=by)


def same_as(mode: str) -> str:
    return _(" · same as {mode}", mode=mode)


def at_rate(rate: str, varying: str) -> str:
    return _("{rate} fps{varying}", rate=rate, varying=varying)


def channels(count: int) -> str:
    return _("{count} channels", count=count)


VIDEO = _("Video")
SPEECH = _("Speech")

PURPOSE = _(
    "Give a video of someone talking and a speech track, and you get the video back with lips "
    "that speak the new words."
)
SAMPLES = _("Samples")
PORTRAIT = _("Portrait")
READ = _("English, read aloud")
PORTRAIT_CREDIT = _("NASA’s portrait of Eileen Collins, moved by code; a LibriVox reading")
DRAWING = _("Drawing")
JAPANESE = _("Japanese, synthetic voice")
DRAWING_CREDIT = _("Drawn by code; a synthetic voice")
PHOTOGRAPH = _("Photograph")
ENGLISH = _("English, synthetic voice")
PHOTOGRAPH_CREDIT = _("The US Navy’s portrait of Grace Hopper; a synthetic voice")
HELD_SAMPLE = _("Sample in use")
API_DEFAULT = _("API default")
