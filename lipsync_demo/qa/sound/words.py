"""What the checks of the sound find."""

from __future__ import annotations

NOBODY_HEARD = "Nobody can be heard in the speech, so nothing can be compared."
SOUND = "Sound"
THE_SPEECH = "the speech"
NOT_THE_SPEECH = "The output's sound is not the speech it was given."
CHANNEL_NOT_HEARD = "A channel of the speech cannot be heard in the output."
STRETCHES_IN_PLACE = "Every stretch of the speech lies where its own times put it."


def stretch_moved(milliseconds: float, late: float) -> str:
    return (
        f"A stretch of the speech is {milliseconds:.0f} ms {'later' if late > 0 else 'earlier'} "
        "than its own times say."
    )


SPEECH_AFTER_HOLES = "Speech after its holes"


def packets_say(seconds: float, by: float, off: float) -> str:
    return (
        f"By the times of its packets the speech is {seconds:.2f} s long, {by:.2f} s "
        f"{'less' if off > 0 else 'more'} than it was taken for."
    )


SPEECH_LENGTH = "Length of the speech"
BEGINS_IN_PLACE = "The speech begins where it was put."


def begins_moved(milliseconds: float, way: str) -> str:
    return f"The speech is {milliseconds:.0f} ms {way} than it was put."


SPEECH_IN_PLACE = "Speech in its place"


def nothing_missing(place: str) -> str:
    return f"Nothing of the speech is missing at the {place}."


def missing(milliseconds: float, place: str) -> str:
    return f"{milliseconds:.0f} ms of the speech are missing at the {place}."


def lost_at(place: str) -> str:
    return f"Speech lost at the {place}"


def up_to_ms(most: float) -> str:
    return f"up to {most:g} ms"
