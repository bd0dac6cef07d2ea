"""The orientation of a stored picture: one of eight, from a display matrix or EXIF.

A display matrix (ISO/IEC 14496-12, 6.2.2 and 8.3.2) maps stored to displayed coordinates:
x' = a x + c y, y' = b x + d y, downward. Phones rotate with it, front cameras also mirror.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, pi

import numpy as np
from av.container import InputContainer
from av.video.frame import VideoFrame
from numpy.typing import NDArray

from lipsync_demo.media.container.photos import exif_number
from lipsync_demo.media.container.streams import side_data
from lipsync_demo.media.picture import words


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
_EXIF = {
    2: Orientation(0, True),
    3: Orientation(180),
    4: Orientation(180, True),
    5: Orientation(270, True),
    6: Orientation(90),
    7: Orientation(90, True),
    8: Orientation(270),
}


def of_exif(number: int) -> Orientation:
    """Return the orientation of EXIF tag 274 (CIPA DC-008, 4.6.5), 1 to 8; else upright."""
    return _EXIF.get(number, UPRIGHT)


def of_matrix(a: int, b: int, c: int, d: int) -> Orientation:
    """Return the orientation nearest to a display matrix."""
    mirrored = a * d - b * c < 0
    turn = round(atan2(-b if mirrored else b, -a if mirrored else a) / (pi / 2)) * 90 % 360
    return Orientation(turn, mirrored)


def orientation(container: InputContainer, frame: VideoFrame) -> Orientation:
    """Return the orientation of a decoded frame of the file."""
    number = exif_number(container)
    return _of_frame(frame) if number is None else of_exif(number)


def _of_frame(frame: VideoFrame) -> Orientation:
    matrix = side_data(frame, "DISPLAYMATRIX")
    if matrix is None:
        return Orientation(round(-frame.rotation / 90) * 90 % 360)
    a, b, _, c, d = (int(number) for number in np.frombuffer(matrix, np.int32)[:5])
    return of_matrix(a, b, c, d)
