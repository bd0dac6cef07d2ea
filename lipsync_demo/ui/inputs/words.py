"""What is said of the inputs and the choice of mode."""

from __future__ import annotations

ONE_FACE = "one face"
ONE_VOICE = "one voice"
LINK = "Use a link instead"
FETCH_VIDEO = "Get the video"
FETCH_SPEECH = "Get the speech"
VIDEO_ADDRESS = "Address of a video"
SPEECH_ADDRESS = "Address of the speech"


def limits(formats: str, megabytes: int, minutes: int, advice: str) -> str:
    return f"{formats} · up to {megabytes} MB, {minutes} min · {advice}"


QUESTION = "What should happen when video and speech differ in length?"
HARDLY = "less than 0.01 s"


def equal(length: str) -> str:
    return f"Video and speech are both {length} long: every mode gives the same result."


def question(longer: str, by: str, shorter: str) -> str:
    return f"The {longer} is {by} longer than the {shorter}. What should happen?"


def same_as(mode: str) -> str:
    return f" · same as {mode}"


def at_rate(rate: str, varying: str) -> str:
    return f"{rate} fps{varying}"


def channels(count: int) -> str:
    return f"{count} channels"


VIDEO = "Video"
SPEECH = "Speech"
