"""The face detector's anchors, search tiles and non-maximum suppression."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from lipsync_demo.engine.arrays import Floats
from lipsync_demo.engine.face.regions import Face

DETECTOR_SIZE = 128
"""Side of the detector's input, pixels."""
MIN_DETECTION_SCORE = 0.5
"""Probability from which a detection counts."""
MAX_OVERLAP = 0.3
"""Intersection over union above which the weaker of two detections is dropped."""
MIN_TILE_SIDE = 240
"""Smallest side of a search tile, pixels."""


def anchors() -> Floats:
    """Return the anchor centres (896, 2), 0 to 1: 2 per cell of 16x16, 6 per cell of 8x8."""
    parts = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(centres, centres), -1).reshape(-1, 2)
        parts.append(np.repeat(grid, each, axis=0))
    return np.concatenate(parts)


def whole_square(width: int, height: int) -> tuple[int, int, int]:
    """Return the square (left, top, side) in pixels around a whole frame."""
    side = max(width, height)
    return (width - side) // 2, (height - side) // 2, side


def search_squares(width: int, height: int) -> Iterator[list[tuple[int, int, int]]]:
    """Yield the squares (left, top, side) to search by level: the frame, then finer tiles."""
    yield [whole_square(width, height)]
    short = min(width, height)
    for side in (short, short // 2, short // 4):
        if side < MIN_TILE_SIDE and side != short:
            return
        tiles = [
            (x, y, side) for y in _tile_starts(height, side) for x in _tile_starts(width, side)
        ]
        if len(tiles) > 1:
            yield tiles


def _tile_starts(length: int, side: int) -> list[int]:
    count = -(-2 * (length - side) // side) + 1
    return [round(i) for i in np.linspace(0, length - side, count)]


def suppress_overlaps(faces: list[Face]) -> list[Face]:
    """Return the faces that survive non-maximum suppression."""
    boxes = [face.box.tolist() for face in faces]
    scores = [face.score for face in faces]
    kept = cv2.dnn.NMSBoxes(boxes, scores, MIN_DETECTION_SCORE, MAX_OVERLAP)
    return [faces[int(i)] for i in np.asarray(kept).ravel()]
