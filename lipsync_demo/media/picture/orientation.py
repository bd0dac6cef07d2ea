"""The orientation of a stored picture: one of eight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lipsync_demo.media.picture import words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Orientation:
    """The transform to upright: first `mirrored` horizontally, then rotated clockwise by `turn`
    degrees, a multiple of 90."""

    turn: int = 0
    mirrored: bool = False

    @property
    def upright(self) -> bool:
        """Whether the picture is stored upright."""
        return not self.turn and not self.mirrored

    @property
    def sideways(self) -> bool:
        """Whether width and height are swapped."""
        return self.turn in (90, 270)

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Return the displayed width and height for stored ones, or the reverse."""
        return (height, width) if self.sideways else (width, height)

    def shape(self, shape: float) -> float:
        """Return the displayed aspect ratio for a stored one, or the reverse."""
        return 1 / shape if self.sideways else shape

    def applied(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return a stored picture or plane (height, width, ...) upright."""
        if self.upright:
            return picture
        import numpy as np  # who only asks for sizes needs none of it

        flipped = picture[:, ::-1] if self.mirrored else picture
        return np.ascontiguousarray(np.rot90(flipped, -self.turn // 90))

    def __str__(self) -> str:
        """Return the orientation in words that follow "stored"."""
        if self.mirrored:
            return {0: "mirrored", 180: words.UPSIDE_DOWN_MIRRORED}.get(
                self.turn, words.mirrored_turned(self.turn)
            )
        return words.turned(self.turn) if self.turn else "upright"


UPRIGHT = Orientation()
"""No rotation, no mirroring."""
