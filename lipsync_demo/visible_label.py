"""The visible label that an output is AI-generated: none, or its corner, size and language.

It is the field `ai_label` of a run's choices; the local engine takes it, the hosted API does not.
Its text is the same everywhere, as with `face_choice`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from lipsync_demo.errors import ExplainedError
from lipsync_demo.languages import LANGUAGES

FIELD: Final = "ai_label"
"""Name of the field."""

OFF: Final = "off"
"""No label."""

CORNERS: Final = ("bottom-right", "bottom-left", "top-right", "top-left")
"""Where it may be, the usual one first."""

SIZES: Final = {"medium": 0.035, "small": 0.025, "large": 0.05}
"""Heights of its text as shares of the picture's shorter side, the usual one first."""


class LabelUnknown(ExplainedError, ValueError):  # noqa: N818 - named as the whole tree is
    """A text describes no label."""


class LabelDemanded(ExplainedError, ValueError):  # noqa: N818 - named as the whole tree is
    """A label is switched off that the settings demand."""


@dataclass(frozen=True, slots=True)
class Label:
    """A label in a `corner`; `share` is its text's height to the picture's shorter side."""

    corner: str
    size: str
    language: str

    @property
    def share(self) -> float:
        return SIZES[self.size]

    def __str__(self) -> str:
        return f"{self.corner},{self.size},{self.language}"


def parse(text: str) -> str:
    """Return a choice as it is written everywhere; what is left out gets its usual value.

    Raises:
        LabelUnknown: it describes no label.

    >>> parse(" Off "), parse("top-left"), parse("bottom-right, large, zh")
    ('off', 'top-left,medium,en', 'bottom-right,large,zh')
    """
    found = label(text)
    return OFF if found is None else str(found)


def settled(wanted: str | None, demanded: str) -> str:
    """Return the label to burn in: the one wanted, else LIPSYNC_AI_LABEL's, which is `demanded`.

    Raises:
        LabelUnknown: it describes no label.
        LabelDemanded: none is wanted although one is demanded.
    """
    chosen = demanded if wanted is None else parse(wanted)
    if chosen == OFF != demanded:
        raise LabelDemanded(
            f"The label cannot be switched off: LIPSYNC_AI_LABEL demands {demanded}.",
            "Leave the choice out, or choose another corner, size or language.",
        )
    return chosen


def label(text: str) -> Label | None:
    """Return the label that a text describes; None for none.

    Raises:
        LabelUnknown: it describes no label.
    """
    parts = [part.strip().lower() for part in text.split(",")]
    if parts == [OFF]:
        return None
    corner, size, language = [*parts, *("",) * 3][:3]
    size, language = size or next(iter(SIZES)), language or LANGUAGES[0]
    if len(parts) > 3 or corner not in CORNERS or size not in SIZES or language not in LANGUAGES:
        raise LabelUnknown(
            f"There is no label {text.strip()[:40]!r}.",
            f"Write {OFF}, or a corner ({', '.join(CORNERS)}), then if you like after commas a "
            f"size ({', '.join(SIZES)}) and a language ({', '.join(LANGUAGES)}), such as "
            "bottom-right,small,de.",
        )
    return Label(corner, size, language)
