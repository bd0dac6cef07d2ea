"""Colour code points of H.273, and conversion to RGB and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from lipsync_demo.engine.arrays import Doubles

UNSPECIFIED = 2
"""Unspecified matrix, primaries or transfer (H.273)."""
FULL_RANGE = 2
"""FFmpeg's AVCOL_RANGE_JPEG."""
BT709 = 1
"""Matrix BT.709 (H.273, table 4)."""
BT2020 = 9
"""Matrix BT.2020, non-constant luminance (H.273, table 4)."""
SMPTE170M = 6
"""Matrix, primaries and transfer of SMPTE ST 170, as BT.601 (H.273)."""
HD_HEIGHT = 720
"""Lines from which players take an unspecified matrix for BT.709."""
# Weights of red and blue in luma (H.273, table 4).
_LUMA = {BT709: (0.2126, 0.0722), BT2020: (0.2627, 0.0593)}
_LUMA_BT601 = (0.299, 0.114)


@dataclass(frozen=True, slots=True)
class Colours:
    """H.273 code points of a picture; the output is tagged with them."""

    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    full_range: bool = False

    def settled(self, height: int) -> Colours:
        """The same with the matrix that players take a picture of `height` lines for.

        It stays true for a part of the picture, which has fewer lines.
        """
        return replace(self, matrix=self._known(height))

    def to_rgb(self, height: int) -> Doubles:
        """Return the 3x4 matrix from Y'CbCr to R'G'B' code values, 0 to 255.

        An unspecified matrix is taken as players do: BT.601 below 720 lines, else BT.709.
        """
        return _to_rgb(self._known(height), self.full_range)

    def from_rgb(self, height: int) -> Doubles:
        """Return the 3x3 matrix from differences of R'G'B' to those of Y'CbCr code values."""
        return _from_rgb(self._known(height), self.full_range)

    @property
    def black(self) -> int:
        """Code value of black in luma."""
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
