"""What the checks of an output find."""

from __future__ import annotations

LENGTH = "Length"
SOUND_LENGTH = "Length of the sound"
NEEDS_INPUTS = "Needs the inputs and the mode to know what to expect."
AS_PROMISED = "As long as the mode promises."


def not_as_promised(seconds: float, *, longer: bool) -> str:
    return f"{seconds:.3f} s {'longer' if longer else 'shorter'} than the mode promises."


WHOLE_OUTPUT = "Whole output"
OUTPUT_CUT_OFF = "The output is cut off: fetch it again."
WHOLE_SOURCE = "Whole source"
SOURCE_CUT_OFF = "The source is cut off: what is missing could not be used."
PICTURE_SIZE = "Picture size"
FRAME_RATE = "Frame rate"
VIDEO_CODEC = "Video codec"
NO_SOUND = "The output has no sound."
SOUND_TRACK = "Sound track"
AUDIO_CODEC = "Audio codec"
CHANNELS = "Channels"
SAMPLE_RATE = "Sample rate"
BECAME_STANDARD_RANGE = "The source's high dynamic range became standard range."
TOO_FEW_BITS = "It says that it is high dynamic range, for which 8 bits are too few."
HIGH_RANGE = "It is in high dynamic range."
COLOURS_DO_NOT_FIT = "What it says of its colours does not fit together: players show other ones."
COLOURS_UNSAID = "It does not say what its colours are: players guess."
COLOURS = "Colours"


def transfer_and_bits(transfer: str, bits: object) -> str:
    return f"{transfer}, {bits} bit"


AS_SOURCE = "As the source."


def source_has(before: str) -> str:
    return f"The source has {before}."


AS_INPUT = "As the input."


def input_has(before: str) -> str:
    return f"The input has {before}; that does no harm."


def source_score(milliseconds: float) -> str:
    return f" The source clip's own score is {milliseconds:+.0f} ms."


SOURCE_SCORE_UNKNOWN = " The source clip's own score is not known."
SOUND_AGAINST_LIPS = "Sound against lips (a proxy)"
TOO_LITTLE_TO_JUDGE = "Too little speech or mouth in sight to judge by."
OFFSET_UNNOTICED = "Nobody would notice this offset."
OFFSET_ACCEPTED = "The offset can be noticed but is accepted."
OFFSET_BEYOND = "The offset is beyond what is accepted."
