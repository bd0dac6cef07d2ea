"""Letters and logos burnt in over a face, and mouths drawn behind them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lipsync_demo.engine.arrays import Flags, Floats, Image
from lipsync_demo.engine.video.picture import Box, Picture

Rows = NDArray[np.int32]

MAX_LUMA_CHANGE = 10
"""Change of luma, code values, up to which a pixel is static: codecs ring around letters."""
MIN_EDGE_CONTRAST = 50
"""Least contrast of a stroke's edge when it is drawn, code values of luma."""
MIN_PIXELS = 60
"""Least number of static pixels that are letters."""
STROKE_WIDTH = 5
"""Width of a stroke, pixels: its edges are this close together, unlike a collar's."""
RIM_WIDTH = 2
"""Pixels around a stroke that the codec blurs."""

NEIGHBOURS = np.ones((3, 3), np.uint8)
"""Structuring element: a pixel and its neighbours."""
STROKE_KERNEL = np.ones((STROKE_WIDTH, STROKE_WIDTH), np.uint8)
"""Structuring element of a stroke."""
RIM_KERNEL = np.ones((2 * RIM_WIDTH + 1, 2 * RIM_WIDTH + 1), np.uint8)
"""Structuring element that adds a stroke's rim."""


@dataclass(frozen=True, eq=False)
class Overlay:
    """Static pixels `rows` (n, 5): column, row, luma, first frame, end frame (exclusive)."""

    rows: Rows = field(default_factory=lambda: np.zeros((0, 5), np.int32))

    def __bool__(self) -> bool:
        return len(self.rows) > 0

    def _at(self, number: int) -> Rows:
        rows = self.rows
        return rows[(rows[:, 3] <= number) & (number <= rows[:, 4])]

    def lifted(self, number: int, patch: Image, corner: Floats, scale: float) -> Image:
        """Return `patch` (height, width, 3) of frame `number` with the overlay inpainted.

        Its top left is at `corner` (2,) of the frame; `scale` is its pixels per frame pixel.
        """
        places = np.rint((self._at(number)[:, :2] - corner) * scale).astype(int)
        overlaid = Overlaid.of(places, patch.shape[1], patch.shape[0])
        return patch if overlaid is None else overlaid.without(patch)

    def over(self, number: int, picture: Picture, box: Box) -> Overlaid | None:
        """Return the overlay in a box of frame `number`; None without one."""
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
        stays = np.abs(luma[at].astype(np.int32) - rows[:, 2]) <= MAX_LUMA_CHANGE
        # A pixel of the face beside a stroke may be static after the stroke is gone.
        places = places[stays & (contrast(luma)[at] >= MIN_EDGE_CONTRAST)]
        if len(places) < MIN_PIXELS:
            return None
        return Overlaid.of(places, box.right - box.left, box.bottom - box.top)


@dataclass(frozen=True, eq=False, slots=True)
class Overlaid:
    """The `mask` (height, width) of the overlay in a box: 0 or 1."""

    mask: Image

    @classmethod
    def of(cls, places: NDArray[Any], width: int, height: int) -> Overlaid | None:
        """Return the mask around edge pixels `places` (n, 2); None if all are outside."""
        places = places[_inside(places, width, height)]
        if not len(places):
            return None
        mask = np.zeros((height, width), np.uint8)
        mask[places[:, 1], places[:, 0]] = 1
        return cls(np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, STROKE_KERNEL), np.uint8))

    def without(self, rgb: Image) -> Image:
        """Return the box's picture (height, width, 3) with the overlay inpainted (Telea)."""
        hidden = cv2.dilate(self.mask, RIM_KERNEL)
        return np.asarray(cv2.inpaint(rgb, hidden, RIM_WIDTH, cv2.INPAINT_TELEA), np.uint8)

    def laid(self, before: Image, clean: Image, drawn: Image) -> Image:
        """Return `before` with the change from `clean` (from `without`) to `drawn`, but the
        overlay unchanged."""
        moved = drawn.astype(np.int16) - clean
        laid = np.clip(before + moved, 0, 255).astype(np.uint8)
        mask = cv2.dilate(self.mask, NEIGHBOURS) > 0
        laid[mask] = before[mask]
        return laid


def contrast(luma: Image) -> Image:
    """Return the luma range in each pixel's 3x3 neighbourhood, code values."""
    return np.asarray(
        cv2.subtract(cv2.dilate(luma, NEIGHBOURS), cv2.erode(luma, NEIGHBOURS)), np.uint8
    )


def _inside(places: NDArray[Any], width: int, height: int) -> Flags:
    return np.asarray(((places >= 0) & (places < (width, height))).all(1))
