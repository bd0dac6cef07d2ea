"""What Pillow's own font lacks for the label: the acute accent, and two Chinese characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np
from PIL import Image, ImageDraw
from PIL.ImageFont import FreeTypeFont, ImageFont

from lipsync_demo.engine.arrays import Floats

Stroke: TypeAlias = Sequence[tuple[int, int]]
Font: TypeAlias = FreeTypeFont | ImageFont

ACUTE: Final = "\N{COMBINING ACUTE ACCENT}"
SIDE: Final = 100
"""Side of the square that the strokes are drawn in."""
WIDTH: Final = 8
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
_FINER: Final = 8
"""Strokes are drawn so many times as large, and shrunk."""
_MIDDLE: Final = 0.3
"""Middle of an accent above the middle of the line, as a share of the font's size."""


def written(text: str, font: Font, height: int) -> Floats:
    """Return the opacities (2 * height, width), 0 to 1, of a line in the middle of its rows.

    `height` is the size of the font.
    """
    parts = unicodedata.normalize("NFD", text)
    plain = "".join(c for c in parts if c != ACUTE and c not in GLYPHS)
    strokes = [_glyph(GLYPHS[c], height) for c in parts if c in GLYPHS]
    line = Image.new("L", (round(font.getlength(plain)), 2 * height))
    draw = ImageDraw.Draw(line)
    draw.text((0, height), plain, fill=255, font=font, anchor="lm")
    drawn = [np.asarray(line).astype(np.float32) / np.float32(255)]
    return _accented(np.hstack([*drawn, *strokes]), parts, font, height)


def _accented(line: Floats, parts: str, font: Font, height: int) -> Floats:
    """The line with its accents, each above the letter before it."""
    for number, mark in enumerate(parts):
        if mark == ACUTE:
            before = parts[:number].replace(ACUTE, "")
            middle = font.getlength(before) - font.getlength(before[-1]) / 2
            place = (round((middle - height * 0.06) * SIDE / height), round((0.5 - _MIDDLE) * SIDE))
            stroke = [place, (place[0] + 14, place[1] - 14)]
            line = np.maximum(line, _drawn([stroke], height, line.shape[1]))
    return line


def _glyph(lines: Sequence[Stroke], height: int) -> Floats:
    return _drawn(
        [[(x + SIDE // 10, y) for x, y in line] for line in lines], height, height + height // 6
    )


def _drawn(lines: Sequence[Stroke], height: int, width: int) -> Floats:
    canvas = np.zeros((height * _FINER, width * _FINER), np.uint8)
    scale = height * _FINER / SIDE
    for line in lines:
        points = np.rint(np.array(line, np.float64) * scale).astype(np.int32)
        cv2.polylines(canvas, [points], False, 255, max(1, round(WIDTH * scale)))
    shrunk = cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA)
    above = height // 2
    rows = np.pad(np.asarray(shrunk), ((above, height - above), (0, 0)))
    return rows.astype(np.float32) / np.float32(255)
