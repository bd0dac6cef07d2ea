"""Colours of a picture as H.273 codes them, to RGB and back."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from lipsync_demo.engine.arrays import Doubles

UNSPECIFIED = 2  # in H.273's tables of matrices, primaries and transfers
FULL_RANGE = 2  # AVCOL_RANGE_JPEG
BT709, BT2020 = 1, 9
SMPTE170M = 6
HD_HEIGHT = 720
# Weights of red and blue in luma (H.273, table 4).
_LUMA = {BT709: (0.2126, 0.0722), BT2020: (0.2627, 0.0593)}
_LUMA_BT601 = (0.299, 0.114)


@dataclass(frozen=True, slots=True)
class Colours:
    """H.273 codes of the picture as it is worked on; they go into the output unchanged."""

    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    full_range: bool = False

    def to_rgb(self, height: int) -> Doubles:
        """The 3x4 matrix from Y'CbCr codes to R'G'B' codes, 0 to 255.

        An unstated matrix is guessed as players do: BT.601 below 720 lines, else BT.709.
        """
        return _to_rgb(self._known(height), self.full_range)

    def from_rgb(self, height: int) -> Doubles:
        """The 3x3 matrix from differences of R'G'B' codes to those of Y'CbCr codes."""
        return _from_rgb(self._known(height), self.full_range)

    @property
    def black(self) -> int:
        """The code of black in luma."""
        return 0 if self.full_range else 16

    def _known(self, height: int) -> int:
        return BT709 if self.matrix == UNSPECIFIED and height >= HD_HEIGHT else self.matrix


@cache
def _to_rgb(matrix: int, full_range: bool) -> Doubles:
    red, blue = _LUMA.get(matrix, _LUMA_BT601)
    green = 1 - red - blue
    luma, chroma = (1.0, 1.0) if full_range else (255 / 219, 255 / 224)
    linear = np.array(
        [
            [luma, 0, 2 * (1 - red) * chroma],
            [
                luma,
                -2 * blue * (1 - blue) / green * chroma,
                -2 * red * (1 - red) / green * chroma,
            ],
            [luma, 2 * (1 - blue) * chroma, 0],
        ]
    )
    black = np.array([0 if full_range else 16, 128, 128])
    return np.hstack([linear, -(linear @ black)[:, None]])


@cache
def _from_rgb(matrix: int, full_range: bool) -> Doubles:
    return np.asarray(np.linalg.inv(_to_rgb(matrix, full_range)[:, :3]), np.float64)
