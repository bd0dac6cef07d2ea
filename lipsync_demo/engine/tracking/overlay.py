"""Letters and logos burnt into the picture in front of a face, and a mouth drawn behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Flags, Floats, Image
from lipsync_demo.engine.video.picture import Box, Picture

Rows = NDArray[np.int32]

NOISE = 10
"""Codes of luma by which a pixel that stays may change: codecs ring around letters."""
EDGE = 50
"""Difference of luma to a pixel beside it, codes, that the edge of a stroke still has."""
FEWEST = 60
"""Pixels that stay: fewer are no letters."""
STROKE = 5
"""Edges so near to each other are a stroke's, and what they fill is as wide: a collar's edge is
none. Pixels."""
RIM = 2
"""Around a stroke a codec blurs so many pixels."""

NEIGHBOURS = np.ones((3, 3), np.uint8)
STROKE_KERNEL = np.ones((STROKE, STROKE), np.uint8)
RIM_KERNEL = np.ones((2 * RIM + 1, 2 * RIM + 1), np.uint8)


@dataclass(frozen=True, eq=False)
class Overlay:
    """What was found: `rows` (n, 5), for each pixel that stayed its column, row and luma, its first
    frame, and the one before which it was still there."""

    rows: Rows = field(default_factory=lambda: np.zeros((0, 5), np.int32))

    def __bool__(self) -> bool:
        return len(self.rows) > 0

    def _at(self, number: int) -> Rows:
        rows = self.rows
        return rows[(rows[:, 3] <= number) & (number <= rows[:, 4])]

    def lifted(self, number: int, patch: Image, corner: Floats, scale: float) -> Image:
        """A part (height, width, 3) of frame `number` without what lies before it.

        Its left top is at `corner` (2,) in the frame's pixels, of which each is `scale` of its.
        """
        places = np.rint((self._at(number)[:, :2] - corner) * scale).astype(int)
        overlaid = Overlaid.of(places, patch.shape[1], patch.shape[0])
        return patch if overlaid is None else overlaid.without(patch)

    def over(self, number: int, picture: Picture, box: Box) -> Overlaid | None:
        """What lies in a box of the picture of frame `number`; None when nothing does."""
        if not self:
            return None
        rows = self._at(number)
        inside = _inside(
            rows[:, :2] - (box.left, box.top), box.right - box.left, box.bottom - box.top
        )
        rows = rows[inside]
        places = rows[:, :2] - (box.left, box.top)
        luma = picture.y[box.top : box.bottom, box.left : box.right]
        at = places[:, 1], places[:, 0]
        stays = np.abs(luma[at].astype(np.int32) - rows[:, 2]) <= NOISE
        # A pixel of the face beside a stroke may stay when the stroke goes.
        places = places[stays & (contrast(luma)[at] >= EDGE)]
        if len(places) < FEWEST:
            return None
        return Overlaid.of(places, box.right - box.left, box.bottom - box.top)


@dataclass(frozen=True, eq=False, slots=True)
class Overlaid:
    """Pixels `mask` (height, width) of a box that lie before the picture."""

    mask: Image

    @classmethod
    def of(cls, places: NDArray[Any], width: int, height: int) -> Overlaid | None:
        """From edges at `places` (n, 2), columns and rows; None when none is inside."""
        places = places[_inside(places, width, height)]
        if not len(places):
            return None
        mask = np.zeros((height, width), np.uint8)
        mask[places[:, 1], places[:, 0]] = 1
        return cls(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, STROKE_KERNEL), np.uint8))

    def without(self, rgb: Image) -> Image:
        """The box's picture (height, width, 3) with what is around the pixels in their place."""
        hidden = cv2.dilate(self.mask, RIM_KERNEL)
        return np.asarray(cv2.inpaint(rgb, hidden, RIM, cv2.INPAINT_TELEA), np.uint8)

    def laid(self, before: Image, clean: Image, drawn: Image) -> Image:
        """`drawn` on `clean`, what `without` gave of `before`, with the pixels as before."""
        moved = drawn.astype(np.int16) - clean
        laid = np.clip(before + moved, 0, 255).astype(np.uint8)
        mask = cv2.dilate(self.mask, NEIGHBOURS) > 0
        laid[mask] = before[mask]
        return laid


def contrast(luma: Image) -> Image:
    """The difference of the lightest and the darkest of each pixel and those beside it, codes."""
    return np.asarray(
        cv2.subtract(cv2.dilate(luma, NEIGHBOURS), cv2.erode(luma, NEIGHBOURS)), np.uint8
    )


def _inside(places: NDArray[Any], width: int, height: int) -> Flags:
    return np.asarray(((places >= 0) & (places < (width, height))).all(1))
