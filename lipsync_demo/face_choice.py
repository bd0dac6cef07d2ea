"""Which of several faces speaks: a word, or a point of the picture.

It is the field `face` of a run's choices; the local engine takes it, the hosted API does not. Its
text is the same everywhere: in lists, on the command line, in a request, in a run's record.

A point is about one moment of the video, the one whose picture the doctor shows: the middle of its
first `POINT_SECONDS`, or of the whole video if that is shorter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from lipsync_demo.errors import ExplainedError

FIELD = "face"
"""Name of the field."""

SPEAKING = "speaking"
"""The face that speaks in the video, the largest if that is unclear."""

WHO = (SPEAKING, "largest", "left", "right")
"""The words that choose a face."""

FORMS = ", ".join((*WHO, "X,Y"))
"""What can be written, for help."""

POINT_SECONDS = Fraction(10)
"""A point is about the middle of so many seconds at the start of the video."""

MAX_LENGTH = 16
"""Characters of the longest text."""

_SHARE = r"(0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?)"
_POINT = re.compile(rf"{_SHARE}\s*,\s*{_SHARE}")


class FaceUnknown(ExplainedError, ValueError):  # noqa: N818 - named as the whole tree is
    """A text chooses no face."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place of the picture: `x` from its left edge and `y` from its top, 0 to 1 of its sides."""

    x: float
    y: float

    def __str__(self) -> str:
        return f"{round(self.x, 3):g},{round(self.y, 3):g}"


def parse(text: str) -> str:
    """Return a choice as it is written everywhere; two texts that mean the same become equal.

    Raises:
        FaceUnknown: it is neither a word of `WHO` nor a point.

    >>> parse(" Left"), parse("0.250, 0.4")
    ('left', '0.25,0.4')
    """
    plain = text.strip()
    found = point(plain)
    if found is not None:
        return str(found)
    if plain.lower() in WHO:
        return plain.lower()
    raise FaceUnknown(
        f"There is no face {plain[:40]!r}.",
        f"Write {', '.join(WHO)}, or a point such as 0.25,0.4: shares of the picture's width and "
        "height from its top left, 0 to 1, with up to 3 decimals.",
    )


def told(choices: Mapping[str, str]) -> list[str]:
    """Return the values of a run's fields as text; a face or a label would not say what it is.

    >>> told({"emotion": "happy"}), told({"sync_mode": "loop", "face": "left"})
    (['happy'], ['loop', 'face left'])
    """
    unsaid = {FIELD: FIELD, "ai_label": "label"}
    return [" ".join((*filter(None, [unsaid.get(n)]), v)) for n, v in choices.items()]


def point(text: str) -> Point | None:
    """Return the point a text means; None if it is none."""
    found = _POINT.fullmatch(text)
    return Point(float(found[1]), float(found[2])) if found else None
