"""What the checks of an output find."""

from __future__ import annotations

from lipsync_demo.languages import _

LENGTH = _("Length")
SOUND_LENGTH = _("Length of the sound")
NEEDS_INPUTS = _("Needs the inputs and the mode to know what to expect.")
AS_PROMISED = _("As long as the mode promises.")


def not_as_promised(seconds: float, *, longer: bool) -> str:
    if longer:
        return _("{seconds:.3f} s longer than the mode promises.", seconds=seconds)
    return _("{seconds:.3f} s shorter than the mode promises.", seconds=seconds)


WHOLE_OUTPUT = _("Whole output")
OUTPUT_CUT_OFF = _("The output is cut off: fetch it again.")
WHOLE_SOURCE = _("Whole source")
SOURCE_CUT_OFF = _("The source is cut off: what is missing could not be used.")
PICTURE_SIZE = _("Picture size")
FRAME_RATE = _("Frame rate")
VIDEO_CODEC = _("Video codec")
NO_SOUND = _("The output has no sound.")
SOUND_TRACK = _("Sound track")
AUDIO_CODEC = _("Audio codec")
CHANNELS = _("Channels")
SAMPLE_RATE = _("Sample rate")
BECAME_STANDARD_RANGE = _("The source's high dynamic range became standard range.")
TOO_FEW_BITS = _("It says that it is high dynamic range, for which 8 bits are too few.")
HIGH_RANGE = _("It is in high dynamic range.")
COLOURS_DO_NOT_FIT = _(
    "What it says of its colours does not fit together: players show other ones."
)
COLOURS_UNSAID = _("It does not say what its colours are: players guess.")
COLOURS = _("Colours")


def transfer_and_bits(transfer: str, bits: object) -> str:
    return _("{transfer}, {bits} bit", transfer=transfer, bits=bits)


AS_SOURCE = _("As the source.")


def source_has(before: str) -> str:
    return _("The source has {before}.", before=before)


AS_INPUT = _("As the input.")


def input_has(before: str) -> str:
    return _("The input has {before}; that does no harm.", before=before)


def source_score(milliseconds: float) -> str:
    return _(" The source clip's own score is {milliseconds:+.0f} ms.", milliseconds=milliseconds)


SOURCE_SCORE_UNKNOWN = _(" The source clip's own score is not known.")
SOUND_AGAINST_LIPS = _("Sound against lips (a proxy)")
TOO_LITTLE_TO_JUDGE = _("Too little speech or mouth in sight to judge by.")
OFFSET_UNNOTICED = _("Nobody would notice this offset.")
OFFSET_ACCEPTED = _("The offset can be noticed but is accepted.")
OFFSET_BEYOND = _("The offset is beyond what is accepted.")
