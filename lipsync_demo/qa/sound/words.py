"""What the checks of the sound find."""

from __future__ import annotations

from lipsync_demo.languages import _

NOBODY_HEARD = _("Nobody can be heard in the speech, so nothing can be compared.")
START = _("start")
END = _("end")
LATER = _("later")
EARLIER = _("earlier")
SOUND = _("Sound")
THE_SPEECH = _("the speech")
NOT_THE_SPEECH = _("The output's sound is not the speech it was given.")
CHANNEL_NOT_HEARD = _("A channel of the speech cannot be heard in the output.")
STRETCHES_IN_PLACE = _("Every stretch of the speech lies where its own times put it.")


def stretch_moved(milliseconds: float, late: float) -> str:
    if late > 0:
        return _(
            "A stretch of the speech is {milliseconds:.0f} ms later than its own times say.",
            milliseconds=milliseconds,
        )
    return _(
        "A stretch of the speech is {milliseconds:.0f} ms earlier than its own times say.",
        milliseconds=milliseconds,
    )


SPEECH_AFTER_HOLES = _("Speech after its holes")


def packets_say(seconds: float, by: float, off: float) -> str:
    if off > 0:
        return _(
            "By the times of its packets the speech is {seconds:.2f} s long, {by:.2f} s less than "
            "it was taken for.",
            seconds=seconds,
            by=by,
        )
    return _(
        "By the times of its packets the speech is {seconds:.2f} s long, {by:.2f} s more than it "
        "was taken for.",
        seconds=seconds,
        by=by,
    )


SPEECH_LENGTH = _("Length of the speech")
BEGINS_IN_PLACE = _("The speech begins where it was put.")


def begins_moved(milliseconds: float, way: str) -> str:
    return _(
        "The speech is {milliseconds:.0f} ms {way} than it was put.",
        milliseconds=milliseconds,
        way=way,
    )


SPEECH_IN_PLACE = _("Speech in its place")


def nothing_missing(place: str) -> str:
    return _("Nothing of the speech is missing at the {place}.", place=place)


def missing(milliseconds: float, place: str) -> str:
    return _(
        "{milliseconds:.0f} ms of the speech are missing at the {place}.",
        milliseconds=milliseconds,
        place=place,
    )


def lost_at(place: str) -> str:
    return _("Speech lost at the {place}", place=place)


def up_to_ms(most: float) -> str:
    return _("up to {most:g} ms", most=most)
