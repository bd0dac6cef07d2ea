"""The two Chinese characters of the label, as strokes: Pillow's own font has only Latin ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats

Stroke: TypeAlias = Sequence[tuple[int, int]]

SIDE: Final = 100
"""Side of the square that the strokes are drawn in."""
WIDTH: Final = 9
"""Width of a stroke."""
GLYPHS: Final[Mapping[str, Sequence[Stroke]]] = {
    "生": (
        [(30, 10), (24, 26), (12, 42)],
        [(25, 28), (86, 28)],
        [(50, 6), (50, 92)],
        [(20, 58), (82, 58)],
        [(8, 92), (93, 92)],
    ),
    "成": (
        [(20, 26), (94, 26)],
        [(21, 26), (21, 58), (18, 76), (8, 93)],
        [(21, 50), (47, 50), (45, 76), (40, 84), (31, 80)],
        [(59, 6), (61, 34), (69, 66), (79, 85), (90, 93), (94, 76)],
        [(84, 42), (74, 62), (62, 78), (46, 92)],
        [(72, 8), (84, 18)],
    ),
}
_FINE: Final = 4
"""Bits of fractions of a pixel, for OpenCV."""


def strokes(text: str, height: int) -> Floats:
    """Return the opacities (height, width), 0 to 1, of those characters of a text that are here.

    The width is 0 if none is.
    """
    found = [_glyph(GLYPHS[c], height) for c in text if c in GLYPHS]
    return np.hstack(found) if found else np.zeros((height, 0), np.float32)


def _glyph(lines: Sequence[Stroke], height: int) -> Floats:
    canvas = np.zeros((height, height + height // 8), np.uint8)
    scale = height / SIDE
    wide = max(1, round(WIDTH * scale))
    for line in lines:
        points = np.rint((np.array(line, np.float64) * scale + height / 16) * (1 << _FINE))
        cv2.polylines(canvas, [points.astype(np.int32)], False, 255, wide, cv2.LINE_AA, shift=_FINE)
    return canvas.astype(np.float32) / np.float32(255)
