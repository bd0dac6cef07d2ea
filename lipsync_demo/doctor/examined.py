"""What the doctor found. Loads no media library, so that the page may import it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from lipsync_demo.face_choice import Point
from lipsync_demo.media.preflight import Finding


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in the picture to choose from: its edges, 0 to 1 of the picture's sides."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def choice(self) -> str:
        """The point that chooses it, as in `face_choice`."""
        return str(Point((self.left + self.right) / 2, (self.top + self.bottom) / 2))


@dataclass(frozen=True, slots=True)
class Group:
    """The faces of like size, from left to right, in the frame at `moment`, seconds.

    It is the frame that a point is about, as in `face_choice`.
    """

    faces: tuple[SeenFace, ...] = ()
    moment: Fraction = Fraction(0)


NOBODY = Group()
"""Without a choice of people."""


@dataclass(frozen=True, slots=True)
class Examined:
    """Findings about one input; `praise` names what is good, in a few words.

    `group` are the people of a video, where there are several to choose from.
    """

    found: tuple[Finding, ...]
    praise: str
    group: Group = NOBODY
