"""Where to look for faces: anchors, and squares of a frame from the whole to small tiles."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.regions import Face

DETECTOR_SIZE = 128
MIN_DETECTION = 0.5
OVERLAP = 0.3
SMALLEST_TILE = 240


def anchors() -> Floats:
    """Anchor centres (896, 2), 0 to 1: 16x16 cells with 2 each, 8x8 cells with 6 each."""
    parts = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)
        parts.append(np.repeat(grid, each, axis=0))
    return np.concatenate(parts)


def whole_square(width: int, height: int) -> tuple[int, int, int]:
    side = max(width, height)
    return (width - side) // 2, (height - side) // 2, side


def search_squares(width: int, height: int) -> Iterator[list[tuple[int, int, int]]]:
    """Squares (left, top, side) to search: the whole frame, then finer and finer tiles."""
    yield [whole_square(width, height)]
    short = min(width, height)
    for side in (short, short // 2, short // 4):
        if side < SMALLEST_TILE and side != short:
            return
        tiles = [(x, y, side) for y in _starts(height, side) for x in _starts(width, side)]
        if len(tiles) > 1:
            yield tiles


def _starts(length: int, side: int) -> list[int]:
    count = -(-2 * (length - side) // side) + 1
    return [round(i) for i in np.linspace(0, length - side, count)]


def distinct(faces: list[Face]) -> list[Face]:
    boxes = [face.box.tolist() for face in faces]
    scores = [face.score for face in faces]
    kept = cv2.dnn.NMSBoxes(boxes, scores, MIN_DETECTION, OVERLAP)
    return [faces[int(i)] for i in np.asarray(kept).ravel()]
