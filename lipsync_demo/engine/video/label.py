"""Burns a label into pictures: white words on a dark plate, in a corner.

It is mixed into the planes of the pictures as they are encoded; all else keeps its bytes.
"""

from __future__ import annotations

import cv2
import numpy as np
from PIL import ImageFont

from lipsync_demo.engine.arrays import Floats, Image
from lipsync_demo.engine.video import words
from lipsync_demo.engine.video.glyphs import written
from lipsync_demo.engine.video.picture import Box, Picture, even_box, writable
from lipsync_demo.languages import speaking
from lipsync_demo.visible_label import Label

PLATE = 0.6
"""Opacity of the plate."""
LEAST_HEIGHT = 10
"""Pixels of the smallest text that can be read."""
_WHITE, _BLACK = 235, 16
"""Luma within the range that all players show alike."""
_GREY = 128


class Stamp:
    """A label for pictures of a size, (width, height) in pixels."""

    def __init__(self, label: Label, size: tuple[int, int]) -> None:
        with speaking(label.language):
            text = str(words.AI_GENERATED)
        height = max(LEAST_HEIGHT, round(label.share * min(size)))
        plate, ink = _drawn(text, height)
        self.box = _placed(label, plate.shape[::-1], size)
        plate, ink = (_fitted(mask, self.box) for mask in (plate, ink))
        # The words stand on the plate, which darkens what is below it.
        self._kept = (1 - plate) * (1 - ink)
        self._luma = _BLACK * plate * (1 - ink) + _WHITE * ink
        small = (self._kept.shape[1] // 2, self._kept.shape[0] // 2)
        shrunk = cv2.resize(self._kept, small, interpolation=cv2.INTER_AREA)
        self._kept_colour = np.asarray(shrunk, np.float32)

    def on(self, picture: Picture) -> Picture:
        """Return the picture with the label, changed in place if it may be."""
        left, top, right, bottom = self.box
        half = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
        own = writable(picture)
        _mix(own.y[top:bottom, left:right], self._kept, self._luma)
        for plane in (own.u, own.v):
            _mix(plane[half], self._kept_colour, _GREY * (1 - self._kept_colour))
        return own


def _drawn(text: str, height: int) -> tuple[Floats, Floats]:
    """Opacities of the plate and of the words on it, 0 to 1."""
    line = written(text, ImageFont.load_default(height), height)
    ink = np.pad(line, ((0, 0), (height // 2, height // 2)))
    return np.full(ink.shape, PLATE, np.float32), ink


def _placed(label: Label, plate: tuple[int, ...], size: tuple[int, int]) -> Box:
    """Where the plate goes: its own height's half from the edges."""
    gap = plate[1] // 2
    left = gap if label.corner.endswith("left") else size[0] - gap - plate[0]
    top = gap if label.corner.startswith("top") else size[1] - gap - plate[1]
    left, top = max(left, 0), max(top, 0)
    return even_box((left, top, left + plate[0], top + plate[1]), size)


def _fitted(mask: Floats, box: Box) -> Floats:
    """The mask for a box that is a little larger, or cut at the picture's edge."""
    fitted = np.zeros((box.bottom - box.top, box.right - box.left), np.float32)
    rows, columns = min(fitted.shape[0], mask.shape[0]), min(fitted.shape[1], mask.shape[1])
    fitted[:rows, :columns] = mask[:rows, :columns]
    return fitted


def _mix(plane: Image, kept: Floats, added: Floats) -> None:
    plane[:] = np.rint(plane * kept + added)
