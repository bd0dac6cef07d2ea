"""What the checks of the picture find."""

from __future__ import annotations

MOUTH_LIGHT_LIKE_FACE = "The mouth is as light as the face around it."
MOUTH_LIGHT_DIFFERS = "In places the mouth is lighter or darker than the face around it."
MOUTH_GLOWS = "In places the mouth glows, or lies in the dark, beside the face around it."
MOUTH_LIGHT = "Light of the mouth"


def times(value: float) -> str:
    return f"{value:.2f} times"


def under(most: float) -> str:
    return f"under {most}"


OUTSIDE_ALIKE = "Outside the mouth the picture is the source's."
OUTSIDE_DIFFERS = "Outside the mouth the picture differs visibly from the source."
OUTSIDE_ANOTHER = "Outside the mouth this is hardly the source's picture."
OUTSIDE_MOUTH = "Likeness outside the mouth"


def from_likeness(least: float) -> str:
    return f"from {least}"


FROZEN_AND_DOUBLED = "Frozen and doubled frames"
NONE_BLACK = "No frame is black."
SOME_BLACK = "Frames are black where the source is not."
BLACK_FRAMES = "Black frames"
NEVER_STILL = "The picture never stands still where the source moves."
STANDS_STILL = "The picture stands still while the source moves."
FROZEN_PICTURE = "Frozen picture"


def under_seconds(most: object) -> str:
    return f"under {most} s"


EVERY_FRAME_SHOWN = "Every frame of the source is shown."
SOME_SHOWN_TWICE = "Some frames are shown twice where the source has new ones."
DOUBLED_FRAMES = "Doubled frames"
AT_MOST_1_PERCENT = "at most 1 %"
NO_JUMP = "Where the video turns or starts again, nothing jumps."
JUMPS = "Where the video turns or starts again, the picture jumps."
JUMPS_PLAINLY = "Where the video turns or starts again, the jump is plain to see."
JUMP_AT_SEAMS = "Jump at the seams"


def times_usual_change(times: float) -> str:
    return f"{times:.1f}× the usual change"


def up_to_times(times: float) -> str:
    return f"up to {times:g}×"


NEEDS_SOURCE = "Needs the source video, the speech and the mode to compare with."

SHAPES_KEPT = "The picture's size changes in the source, and every picture keeps its shape."
SHAPES_STRETCHED = "The picture's size changes in the source, and pictures are stretched."
STRETCHED_PICTURES = "Stretched pictures"
STANDS_AS_SHOWN = "The picture stands as players show the source."


def stands_otherwise(declared: object, looks: object) -> str:
    return (
        f"Players show the source as one stored {declared}; this is what one stored {looks} would "
        "look like."
    )


WHICH_WAY_UP = "Which way up"
MOVES_TOO_LITTLE = "The source moves too little to tell its pictures apart."
IN_ORDER = "Every picture that can be told apart is the one the mode asks for."
OUT_OF_ORDER = "Some pictures are others than the mode asks for: lost, or out of order."
ORDER_OF_PICTURES = "Order of the pictures"
AT_MOST_2_PERCENT = "at most 2 %"

SHADES_IN_STANDARD_RANGE = "Brightness and colours are the source's, brought to standard range."
SHADES_DIFFER = "Brightness or colours differ visibly from the source in standard range."
SHADES_OTHERS = "Brightness or colours are not the source's."
SHADES = "Brightness and colours"


def up_to(most: float) -> str:
    return f"up to {most:g}"
