"""What the checks of the picture find."""

from __future__ import annotations

from lipsync_demo.languages import _

MOUTH_LIGHT_LIKE_FACE = _("The mouth is as light as the face around it.")
MOUTH_LIGHT_DIFFERS = _("In places the mouth is lighter or darker than the face around it.")
MOUTH_GLOWS = _("In places the mouth glows, or lies in the dark, beside the face around it.")
MOUTH_LIGHT = _("Light of the mouth")


def times(value: float) -> str:
    return _("{value:.2f} times", value=value)


def under(most: float) -> str:
    return _("under {most}", most=most)


OUTSIDE_ALIKE = _("Outside the mouth the picture is the source's.")
OUTSIDE_DIFFERS = _("Outside the mouth the picture differs visibly from the source.")
OUTSIDE_ANOTHER = _("Outside the mouth this is hardly the source's picture.")
OUTSIDE_MOUTH = _("Likeness outside the mouth")


def from_likeness(least: float) -> str:
    return _("from {least}", least=least)


FROZEN_AND_DOUBLED = _("Frozen and doubled frames")
NONE_BLACK = _("No frame is black.")
SOME_BLACK = _("Frames are black where the source is not.")
BLACK_FRAMES = _("Black frames")
NEVER_STILL = _("The picture never stands still where the source moves.")
STANDS_STILL = _("The picture stands still while the source moves.")
FROZEN_PICTURE = _("Frozen picture")


def under_seconds(most: object) -> str:
    return _("under {most} s", most=most)


EVERY_FRAME_SHOWN = _("Every frame of the source is shown.")
SOME_SHOWN_TWICE = _("Some frames are shown twice where the source has new ones.")
DOUBLED_FRAMES = _("Doubled frames")
AT_MOST_1_PERCENT = _("at most 1 %")
NO_JUMP = _("Where the video turns or starts again, nothing jumps.")
JUMPS = _("Where the video turns or starts again, the picture jumps.")
JUMPS_PLAINLY = _("Where the video turns or starts again, the jump is plain to see.")
JUMP_AT_SEAMS = _("Jump at the seams")


def times_usual_change(times: float) -> str:
    return _("{times:.1f}× the usual change", times=times)


def up_to_times(times: float) -> str:
    return _("up to {times:g}×", times=times)


NEEDS_SOURCE = _("Needs the source video, the speech and the mode to compare with.")

SHAPES_KEPT = _("The picture's size changes in the source, and every picture keeps its shape.")
SHAPES_STRETCHED = _("The picture's size changes in the source, and pictures are stretched.")
STRETCHED_PICTURES = _("Stretched pictures")
STANDS_AS_SHOWN = _("The picture stands as players show the source.")


def stands_otherwise(declared: object, looks: object) -> str:
    return _(
        "Players show the source as one stored {declared}; this is what one stored {looks} would "
        "look like.",
        declared=declared,
        looks=looks,
    )


WHICH_WAY_UP = _("Which way up")
MOVES_TOO_LITTLE = _("The source moves too little to tell its pictures apart.")
IN_ORDER = _("Every picture that can be told apart is the one the mode asks for.")
OUT_OF_ORDER = _("Some pictures are others than the mode asks for: lost, or out of order.")
ORDER_OF_PICTURES = _("Order of the pictures")
AT_MOST_2_PERCENT = _("at most 2 %")

SHADES_IN_STANDARD_RANGE = _("Brightness and colours are the source's, brought to standard range.")
SHADES_DIFFER = _("Brightness or colours differ visibly from the source in standard range.")
SHADES_OTHERS = _("Brightness or colours are not the source's.")
SHADES = _("Brightness and colours")


def up_to(most: float) -> str:
    return _("up to {most:g}", most=most)
